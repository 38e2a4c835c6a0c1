// The AWS SDK for Go as a client: a GetCallerIdentity for each line of stdin, or a single one with the argument "once".
// Debian's version of the SDK is older than AWS_ENDPOINT_URL_STS, so the variable is read here.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func main() {
	client, settings, err := newClient()
	lines := bufio.NewScanner(os.Stdin)
	for os.Args[1] == "once" || lines.Scan() {
		if err == nil {
			fmt.Println(call(client, settings))
		} else {
			fmt.Println(failure(err))
		}
		if os.Args[1] == "once" {
			break
		}
	}
}

func newClient() (*sts.Client, aws.Config, error) {
	resolver := aws.EndpointResolverWithOptionsFunc(func(_, region string, _ ...interface{}) (aws.Endpoint, error) {
		return aws.Endpoint{URL: os.Getenv("AWS_ENDPOINT_URL_STS"), SigningRegion: region}, nil
	})
	settings, err := config.LoadDefaultConfig(context.Background(), config.WithEndpointResolverWithOptions(resolver))
	return sts.NewFromConfig(settings), settings, err
}

func call(client *sts.Client, settings aws.Config) string {
	identity, err := client.GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})
	if err != nil {
		return failure(err)
	}
	credentials, err := settings.Credentials.Retrieve(context.Background())
	if err != nil {
		return failure(err)
	}
	return fmt.Sprintf("ok %s %s", *identity.Arn, credentials.AccessKeyID)
}

func failure(err error) string {
	return "error " + strings.ReplaceAll(err.Error(), "\n", " | ")
}
