/// A part of what an app can have, as the Amplify CLI divides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// What every push needs: stacks, roles, the app itself. No document leaves it out.
    Deployment,
    /// Amazon Cognito.
    Auth,
    /// AWS AppSync and API Gateway, with their tables and search domains.
    Api,
    /// Amazon S3 and Amazon DynamoDB.
    Storage,
    /// AWS Lambda.
    Function,
    /// Amazon CloudFront with Amazon S3, and rendering on a server.
    Hosting,
    /// Amazon Pinpoint and Amazon Kinesis.
    Analytics,
    /// Amazon Pinpoint.
    Notifications,
    /// Amazon Lex.
    Interactions,
    /// Amazon Rekognition, Amazon Polly and their like.
    Predictions,
    /// Amazon Location Service.
    Geo,
}

impl Category {
    /// All of them, in the order that they are shown in.
    pub const ALL: [Self; 11] = [
        Self::Deployment,
        Self::Auth,
        Self::Api,
        Self::Storage,
        Self::Function,
        Self::Hosting,
        Self::Analytics,
        Self::Notifications,
        Self::Interactions,
        Self::Predictions,
        Self::Geo,
    ];

    /// Its name, as the Amplify CLI spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deployment => "deployment",
            Self::Auth => "auth",
            Self::Api => "api",
            Self::Storage => "storage",
            Self::Function => "function",
            Self::Hosting => "hosting",
            Self::Analytics => "analytics",
            Self::Notifications => "notifications",
            Self::Interactions => "interactions",
            Self::Predictions => "predictions",
            Self::Geo => "geo",
        }
    }
}
