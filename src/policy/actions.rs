//! Owns which actions the Amplify CLI needs: one table of what the documentation lists, by category and by the resources
//! that an action can be held to.
//!
//! Sources: `minimal` is the policy "for performing actions across all categories" of the Amplify documentation (IAM policy
//! for the CLI; 69 actions). `managed` and `via_cloudformation` are AWS's managed policy AdministratorAccess-Amplify as of
//! February 2023; the second are those that it allows through CloudFormation alone. Resource types are those of the
//! Service Authorization Reference. A category is left out by leaving out its services, as the documentation says.
//! `tests/conformance/policies.rs` holds the table against both documents.
//!
//! Refuses actions that no document lists, but for `probes`.

use super::Category::{
    self, Analytics, Api, Auth, Deployment, Function, Geo, Hosting, Interactions, Notifications, Predictions, Storage,
};

/// Some actions of one service on the same kind of resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// What its statement is called.
    pub(super) sid: &'static str,
    /// What stands before the colon.
    pub(super) service: &'static str,
    /// Any of them takes the row in.
    pub(super) categories: &'static [Category],
    /// Any of them leaves it out: another row allows more.
    pub(super) unless: &'static [Category],
    /// ARNs, with the words of [`super::Place::fill`] in them.
    pub(super) resources: &'static [&'static str],
    /// Actions of the minimal list.
    pub(super) minimal: &'static str,
    /// Actions of the managed policy.
    pub(super) managed: &'static str,
    /// Those that it allows to CloudFormation alone.
    pub(super) via_cloudformation: &'static str,
    /// Actions that stand for `*` where they are simulated: IAM simulates no pattern, and no document lists one.
    pub(super) probes: &'static str,
}

const ROW: Row = Row {
    sid: "",
    service: "",
    categories: &[],
    unless: &[],
    resources: ANY,
    minimal: "",
    managed: "",
    via_cloudformation: "",
    probes: "",
};

/// The action knows no resources, or its resources' names are the user's to choose.
const ANY: &[&str] = &["*"];
// The Amplify CLI names stacks and the deployment bucket `amplify-PROJECT-ENVIRONMENT-NUMBER`.
const STACK: &str = "arn:{p}:cloudformation:{r}:{a}:stack/amplify-{app}*/*";
const STACK_SET: &str = "arn:{p}:cloudformation:{r}:{a}:stackset/amplify-{app}*:*";
const BUCKET: &str = "arn:{p}:s3:::amplify-{app}*";
const BUCKET_OBJECTS: &str = "arn:{p}:s3:::amplify-{app}*/*";
// Not all of the roles that it makes begin with its name.
const ROLE: &str = "arn:{p}:iam::{a}:role/*";
const POLICY: &str = "arn:{p}:iam::{a}:policy/*";
const USER: &str = "arn:{p}:iam::{a}:user/*";
const PARAMETER: &str = "arn:{p}:ssm:{r}:{a}:parameter/amplify/*";
const USER_POOL: &str = "arn:{p}:cognito-idp:{r}:{a}:userpool/*";
const IDENTITY_POOL: &str = "arn:{p}:cognito-identity:{r}:{a}:identitypool/*";
const GRAPHQL_API: &str = "arn:{p}:appsync:{r}:{a}:apis/*";
// An ARN of API Gateway has no account.
const REST_API: &str = "arn:{p}:apigateway:{r}::/*";
const SEARCH_DOMAIN: &str = "arn:{p}:es:{r}:{a}:domain/*";
const TABLE: &str = "arn:{p}:dynamodb:{r}:{a}:table/*";
const LAMBDA: &str = "arn:{p}:lambda:{r}:{a}:function:*";
// Lambda@Edge lies in the partition's first region, wherever the app is.
const LAMBDA_ANYWHERE: &str = "arn:{p}:lambda:*:{a}:function:*";
const LAYER: &str = "arn:{p}:lambda:{r}:{a}:layer:*";
const EVENT_SOURCE: &str = "arn:{p}:lambda:{r}:{a}:event-source-mapping:*";
const RULE: &str = "arn:{p}:events:{r}:{a}:rule/*";
const LOGS: &str = "arn:{p}:logs:{r}:{a}:log-group:*";
const AMPLIFY_LOGS: &str = "arn:{p}:logs:{r}:{a}:log-group:/aws/amplify/*";
const CLOUDFRONT: &str = "arn:{p}:cloudfront::{a}:*";
const QUEUE: &str = "arn:{p}:sqs:{r}:{a}:*";
const ZONE: &str = "arn:{p}:route53:::hostedzone/*";
const REPOSITORY: &str = "arn:{p}:codecommit:{r}:{a}:*";
const STREAM: &str = "arn:{p}:kinesis:{r}:{a}:stream/*";
const COLLECTION: &str = "arn:{p}:rekognition:{r}:{a}:collection/*";

/// The table.
pub(super) const ROWS: &[Row] = &[
    Row {
        sid: "Stacks",
        service: "cloudformation",
        categories: &[Deployment],
        resources: &[STACK],
        minimal: "CreateStack DeleteStack DescribeStackEvents DescribeStackResource DescribeStackResources \
            DescribeStacks UpdateStack",
        managed: "CreateChangeSet CreateStack DeleteStack DescribeChangeSet DescribeStackEvents \
            DescribeStackResource DescribeStackResources DescribeStacks ExecuteChangeSet GetTemplate \
            ListStackResources UpdateStack",
        ..ROW
    },
    Row {
        sid: "StackSets",
        service: "cloudformation",
        categories: &[Deployment],
        resources: &[STACK_SET],
        minimal: "DeleteStackSet DescribeStackSet DescribeStackSetOperation UpdateStackSet",
        managed: "DeleteStackSet DescribeStackSet UpdateStackSet",
        ..ROW
    },
    Row {
        sid: "StackLists",
        service: "cloudformation",
        categories: &[Deployment],
        resources: ANY,
        minimal: "CreateStackSet",
        managed: "GetTemplateSummary ListStacks",
        ..ROW
    },
    Row {
        sid: "Roles",
        service: "iam",
        categories: &[Deployment],
        resources: &[ROLE],
        minimal: "CreateRole DeleteRole DeleteRolePolicy GetRole PassRole PutRolePolicy UpdateRole",
        managed: "AttachRolePolicy CreateRole DeleteRole DeleteRolePolicy DetachRolePolicy GetRole \
            ListAttachedRolePolicies ListRolePolicies PassRole PutRolePolicy",
        via_cloudformation: "DeleteRolePermissionsBoundary GetRolePolicy ListRoleTags PutRolePermissionsBoundary TagRole \
            UntagRole UpdateRole",
        ..ROW
    },
    Row {
        sid: "Policies",
        service: "iam",
        categories: &[Deployment],
        resources: &[POLICY],
        managed: "CreatePolicy CreatePolicyVersion DeletePolicyVersion ListPolicyVersions",
        via_cloudformation: "DeletePolicy GetPolicy",
        ..ROW
    },
    Row { sid: "Users", service: "iam", categories: &[Deployment], resources: &[USER], minimal: "GetUser", ..ROW },
    Row {
        sid: "Sessions",
        service: "sts",
        categories: &[Deployment],
        resources: &[ROLE],
        managed: "AssumeRole",
        ..ROW
    },
    Row {
        sid: "Apps",
        service: "amplify",
        categories: &[Deployment],
        resources: ANY,
        minimal: "*",
        managed: "* GetApp GetBranch UpdateApp UpdateBranch",
        probes: "CreateApp CreateBackendEnvironment DeleteApp DeleteBackendEnvironment GetBackendEnvironment ListApps ListBackendEnvironments",
        ..ROW
    },
    Row {
        sid: "Studio",
        service: "amplifybackend",
        categories: &[Deployment],
        resources: ANY,
        managed: "*",
        probes: "CreateBackend GetBackend GetBackendAuth ImportBackendAuth UpdateBackendAuth",
        ..ROW
    },
    Row {
        sid: "StudioComponents",
        service: "amplifyuibuilder",
        categories: &[Deployment],
        resources: ANY,
        managed: "*",
        probes: "ExportComponents ExportForms ExportThemes GetMetadata ListComponents",
        ..ROW
    },
    Row {
        sid: "Parameters",
        service: "ssm",
        categories: &[Deployment],
        resources: &[PARAMETER],
        managed: "DeleteParameter DeleteParameters GetParameter GetParameters GetParametersByPath PutParameter",
        ..ROW
    },
    Row {
        sid: "DeploymentBucket",
        service: "s3",
        categories: &[Deployment],
        unless: &[Storage, Hosting],
        resources: &[BUCKET, BUCKET_OBJECTS],
        minimal: "*",
        managed: "CreateBucket DeleteBucket DeleteBucketPolicy DeleteObject DeleteObjectVersion GetBucketLocation GetObject \
            ListBucket ListBucketVersions PutBucketPolicy PutBucketVersioning PutEncryptionConfiguration \
            PutLifecycleConfiguration PutObject",
        via_cloudformation: "PutBucketPublicAccessBlock",
        ..ROW
    },
    Row {
        sid: "UserPools",
        service: "cognito-idp",
        categories: &[Auth],
        resources: &[USER_POOL],
        minimal: "CreateUserPoolClient DeleteUserPool DeleteUserPoolClient DescribeUserPool UpdateUserPool \
            UpdateUserPoolClient",
        managed: "AdminAddUserToGroup AdminConfirmSignUp AdminCreateUser AdminDeleteUser AdminDisableUser \
            AdminEnableUser AdminGetUser AdminListGroupsForUser AdminListUserAuthEvents \
            AdminRemoveUserFromGroup AdminResetUserPassword AdminSetUserPassword AdminUpdateUserAttributes \
            CreateGroup CreateUserPoolClient DeleteGroup DeleteUserPool DescribeIdentityProvider \
            DescribeUserPool DescribeUserPoolClient GetUserPoolMfaConfig ListGroups ListIdentityProviders \
            ListUserPoolClients ListUsers ListUsersInGroup UpdateUserPool",
        via_cloudformation: "DeleteUserPoolClient ListTagsForResource SetUserPoolMfaConfig TagResource UpdateUserPoolClient",
        ..ROW
    },
    Row {
        sid: "UserPoolLists",
        service: "cognito-idp",
        categories: &[Auth],
        resources: ANY,
        minimal: "CreateUserPool",
        managed: "CreateUserPool DeleteUser ListUserPools",
        ..ROW
    },
    Row {
        sid: "IdentityPools",
        service: "cognito-identity",
        categories: &[Auth],
        resources: &[IDENTITY_POOL],
        minimal: "DeleteIdentityPool DescribeIdentityPool UpdateIdentityPool",
        managed: "DeleteIdentityPool DescribeIdentityPool GetIdentityPoolRoles",
        via_cloudformation: "TagResource UpdateIdentityPool",
        ..ROW
    },
    Row {
        sid: "IdentityPoolLists",
        service: "cognito-identity",
        categories: &[Auth],
        resources: ANY,
        minimal: "CreateIdentityPool DescribeIdentity SetIdentityPoolRoles",
        managed: "CreateIdentityPool ListIdentityPools SetIdentityPoolRoles",
        via_cloudformation: "DescribeIdentity",
        ..ROW
    },
    Row {
        sid: "TextMessages",
        service: "sns",
        categories: &[Auth],
        resources: ANY,
        managed: "CreateSMSSandboxPhoneNumber DeleteSMSSandboxPhoneNumber GetSMSSandboxAccountStatus \
            ListOriginationNumbers ListSMSSandboxPhoneNumbers VerifySMSSandboxPhoneNumber",
        ..ROW
    },
    Row {
        sid: "GraphqlApis",
        service: "appsync",
        categories: &[Api],
        resources: &[GRAPHQL_API],
        managed: "GraphQL",
        via_cloudformation: "DeleteGraphqlApi GetGraphqlApi ListTagsForResource TagResource UntagResource UpdateGraphqlApi",
        ..ROW
    },
    Row {
        sid: "GraphqlSchemas",
        service: "appsync",
        categories: &[Api],
        resources: ANY,
        minimal: "*",
        managed: "GetIntrospectionSchema ListApiKeys UpdateApiKey",
        via_cloudformation: "CreateApiKey CreateDataSource CreateFunction CreateGraphqlApi CreateResolver CreateType \
            DeleteApiKey DeleteDataSource DeleteFunction DeleteResolver DeleteType GetDataSource GetFunction \
            GetResolver GetSchemaCreationStatus GetType ListDataSources ListFunctions ListGraphqlApis \
            ListResolvers ListResolversByFunction ListTypes StartSchemaCreation UpdateDataSource \
            UpdateFunction UpdateResolver UpdateType",
        ..ROW
    },
    Row {
        sid: "RestApis",
        service: "apigateway",
        categories: &[Api],
        resources: &[REST_API],
        minimal: "DELETE PATCH POST PUT",
        via_cloudformation: "DELETE GET PATCH POST PUT",
        ..ROW
    },
    Row {
        sid: "SearchDomains",
        service: "es",
        categories: &[Api],
        resources: &[SEARCH_DOMAIN],
        via_cloudformation: "AddTags CreateElasticsearchDomain DeleteElasticsearchDomain DescribeElasticsearchDomain \
            UpdateElasticsearchDomainConfig",
        ..ROW
    },
    Row {
        sid: "Tables",
        service: "dynamodb",
        categories: &[Api, Storage],
        resources: &[TABLE],
        minimal: "CreateTable DeleteItem DeleteTable DescribeTable PutItem UpdateItem UpdateTable",
        managed: "DescribeTable",
        via_cloudformation: "CreateTable DeleteItem DeleteTable DescribeContinuousBackups DescribeTimeToLive \
            ListTagsOfResource PutItem TagResource UntagResource UpdateContinuousBackups UpdateItem \
            UpdateTable UpdateTimeToLive",
        ..ROW
    },
    Row {
        sid: "TableLists",
        service: "dynamodb",
        categories: &[Api, Storage],
        resources: ANY,
        managed: "ListTables",
        via_cloudformation: "ListStreams",
        ..ROW
    },
    Row {
        sid: "Buckets",
        service: "s3",
        categories: &[Storage, Hosting],
        resources: ANY,
        minimal: "*",
        managed: "CreateBucket DeleteBucket DeleteBucketPolicy DeleteBucketWebsite DeleteObject \
            DeleteObjectVersion GetBucketLocation GetObject ListAllMyBuckets ListBucket ListBucketVersions \
            PutBucketAcl PutBucketCORS PutBucketNotification PutBucketPolicy PutBucketVersioning \
            PutBucketWebsite PutEncryptionConfiguration PutLifecycleConfiguration PutObject PutObjectAcl",
        via_cloudformation: "PutBucketPublicAccessBlock",
        ..ROW
    },
    Row {
        sid: "Functions",
        service: "lambda",
        categories: &[Function],
        resources: &[LAMBDA],
        minimal: "AddPermission CreateFunction DeleteFunction GetFunction GetFunctionConfiguration InvokeAsync \
            InvokeFunction RemovePermission UpdateFunctionCode UpdateFunctionConfiguration",
        managed: "AddPermission CreateFunction DeleteFunction GetFunction GetFunctionConfiguration InvokeFunction \
            UpdateFunctionCode UpdateFunctionConfiguration",
        via_cloudformation: "InvokeAsync RemovePermission",
        ..ROW
    },
    Row {
        sid: "FunctionTags",
        service: "lambda",
        categories: &[Function],
        resources: &[LAMBDA, EVENT_SOURCE],
        managed: "ListTags TagResource UntagResource",
        ..ROW
    },
    Row {
        sid: "Layers",
        service: "lambda",
        categories: &[Function],
        resources: &[LAYER],
        managed: "DeleteLayerVersion",
        via_cloudformation: "AddLayerVersionPermission GetLayerVersion PublishLayerVersion RemoveLayerVersionPermission",
        ..ROW
    },
    Row {
        sid: "EventSources",
        service: "lambda",
        categories: &[Function],
        resources: &[EVENT_SOURCE],
        via_cloudformation: "DeleteEventSourceMapping GetEventSourceMapping UpdateEventSourceMapping",
        ..ROW
    },
    Row {
        sid: "FunctionLists",
        service: "lambda",
        categories: &[Function],
        resources: ANY,
        managed: "CreateEventSourceMapping ListEventSourceMappings ListLayerVersions",
        ..ROW
    },
    Row {
        sid: "Schedules",
        service: "events",
        categories: &[Function],
        resources: &[RULE],
        via_cloudformation: "DeleteRule DescribeRule PutRule PutTargets RemoveTargets",
        ..ROW
    },
    Row {
        sid: "ScheduleLists",
        service: "events",
        categories: &[Function],
        resources: ANY,
        via_cloudformation: "ListRuleNamesByTarget",
        ..ROW
    },
    Row {
        sid: "FunctionLogs",
        service: "logs",
        categories: &[Function],
        resources: &[LOGS],
        managed: "DescribeLogStreams GetLogEvents",
        ..ROW
    },
    Row {
        sid: "Distributions",
        service: "cloudfront",
        categories: &[Hosting],
        resources: &[CLOUDFRONT],
        minimal: "CreateCloudFrontOriginAccessIdentity CreateDistribution DeleteCloudFrontOriginAccessIdentity \
            DeleteDistribution GetCloudFrontOriginAccessIdentity GetCloudFrontOriginAccessIdentityConfig \
            GetDistribution GetDistributionConfig TagResource UntagResource \
            UpdateCloudFrontOriginAccessIdentity UpdateDistribution",
        managed: "CreateCloudFrontOriginAccessIdentity CreateDistribution CreateInvalidation DeleteDistribution \
            GetCloudFrontOriginAccessIdentity GetCloudFrontOriginAccessIdentityConfig GetDistribution \
            GetDistributionConfig ListInvalidations ListTagsForResource TagResource UntagResource \
            UpdateDistribution",
        via_cloudformation: "DeleteCloudFrontOriginAccessIdentity UpdateCloudFrontOriginAccessIdentity",
        ..ROW
    },
    Row {
        sid: "DistributionLists",
        service: "cloudfront",
        categories: &[Hosting],
        resources: ANY,
        managed: "ListCloudFrontOriginAccessIdentities ListDistributions ListDistributionsByLambdaFunction \
            ListDistributionsByWebACLId ListFieldLevelEncryptionConfigs ListFieldLevelEncryptionProfiles \
            ListPublicKeys ListStreamingDistributions",
        ..ROW
    },
    Row {
        sid: "RenderingFunctions",
        service: "lambda",
        categories: &[Hosting],
        resources: &[LAMBDA_ANYWHERE],
        managed: "EnableReplication PublishVersion",
        ..ROW
    },
    Row {
        sid: "RenderingBuckets",
        service: "s3",
        categories: &[Hosting],
        resources: ANY,
        managed: "GetAccelerateConfiguration GetBucketTagging PutAccelerateConfiguration PutBucketTagging",
        ..ROW
    },
    Row {
        sid: "RenderingRoles",
        service: "iam",
        categories: &[Hosting],
        resources: &[ROLE],
        managed: "CreateServiceLinkedRole UpdateAssumeRolePolicy",
        ..ROW
    },
    Row {
        sid: "RenderingQueues",
        service: "sqs",
        categories: &[Hosting],
        resources: &[QUEUE],
        managed: "CreateQueue DeleteQueue GetQueueAttributes SetQueueAttributes",
        ..ROW
    },
    Row {
        sid: "RenderingLogs",
        service: "logs",
        categories: &[Hosting],
        resources: &[AMPLIFY_LOGS],
        managed: "CreateLogGroup CreateLogStream PutLogEvents",
        ..ROW
    },
    Row {
        sid: "RenderingLogLists",
        service: "logs",
        categories: &[Hosting],
        resources: ANY,
        managed: "DescribeLogGroups",
        ..ROW
    },
    Row {
        sid: "Domains",
        service: "route53",
        categories: &[Hosting],
        resources: &[ZONE],
        managed: "ChangeResourceRecordSets ListResourceRecordSets",
        ..ROW
    },
    Row {
        sid: "DomainLists",
        service: "route53",
        categories: &[Hosting],
        resources: ANY,
        managed: "ListHostedZonesByName",
        ..ROW
    },
    Row {
        sid: "Repositories",
        service: "codecommit",
        categories: &[Hosting],
        resources: &[REPOSITORY],
        managed: "GitPull",
        ..ROW
    },
    Row {
        sid: "Streams",
        service: "kinesis",
        categories: &[Analytics],
        resources: &[STREAM],
        via_cloudformation: "AddTagsToStream CreateStream DeleteStream DescribeStream DescribeStreamSummary ListTagsForStream \
            PutRecords",
        ..ROW
    },
    Row {
        sid: "Pinpoint",
        service: "mobiletargeting",
        categories: &[Analytics, Notifications],
        resources: ANY,
        managed: "*",
        via_cloudformation: "GetApp",
        probes: "CreateApp DeleteApp GetApp GetApps UpdateApnsChannel UpdateGcmChannel",
        ..ROW
    },
    Row {
        sid: "Bots",
        service: "lex",
        categories: &[Interactions],
        resources: ANY,
        managed: "GetBot GetBuiltinIntent GetBuiltinIntents GetBuiltinSlotTypes",
        ..ROW
    },
    Row {
        sid: "Voices",
        service: "polly",
        categories: &[Predictions],
        resources: ANY,
        managed: "DescribeVoices",
        ..ROW
    },
    Row {
        sid: "Faces",
        service: "rekognition",
        categories: &[Predictions],
        resources: &[COLLECTION],
        managed: "DescribeCollection",
        ..ROW
    },
    Row {
        sid: "Maps",
        service: "geo",
        categories: &[Geo],
        resources: ANY,
        managed: "*",
        probes: "CreateMap CreatePlaceIndex DeleteMap DeletePlaceIndex DescribeMap DescribePlaceIndex",
        ..ROW
    },
];
