/// A part of an app, as the Amplify CLI divides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// What every push needs: stacks, roles, the app itself. Every document includes it.
    Deployment,
    Auth,
    /// AWS AppSync and API Gateway, with their tables and search domains.
    Api,
    /// Amazon S3 and Amazon DynamoDB.
    Storage,
    /// AWS Lambda.
    Function,
    /// Amazon CloudFront with Amazon S3, and rendering on a server.
    Hosting,
    Analytics,
    Notifications,
    Interactions,
    Predictions,
    Geo,
}

impl Category {
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

    pub fn name(self) -> &'static str {
        self.row().0
    }

    pub fn services(self) -> &'static str {
        self.row().1
    }

    fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::Deployment => ("deployment", "Stacks, roles, the app and its bucket"),
            Self::Auth => ("auth", "Cognito"),
            Self::Api => ("api", "AppSync, API Gateway"),
            Self::Storage => ("storage", "S3, DynamoDB"),
            Self::Function => ("function", "Lambda"),
            Self::Hosting => ("hosting", "CloudFront, S3"),
            Self::Analytics => ("analytics", "Pinpoint, Kinesis"),
            Self::Notifications => ("notifications", "Pinpoint"),
            Self::Interactions => ("interactions", "Lex"),
            Self::Predictions => ("predictions", "Rekognition, Polly"),
            Self::Geo => ("geo", "Location Service"),
        }
    }
}
