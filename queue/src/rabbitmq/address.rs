//! Where the broker is, and how it may be spoken of: never with its password.

use std::fmt;
use std::time::Duration;

use lapin::uri::{AMQPScheme, AMQPUri};

use super::failure::OpenError;

/// A broker's address, with the credentials. What it shows of itself is without them.
#[derive(Clone)]
pub(super) struct Address(AMQPUri);

impl Address {
    pub(super) fn parse(url: &str, heartbeat: Duration) -> Result<Self, OpenError> {
        // What the parser says may quote all of it, with the password.
        let mut uri: AMQPUri = url.parse().map_err(|_: String| {
            OpenError::Address("it should look like amqp://user:password@host:5672/%2f".to_owned())
        })?;
        if uri.scheme == AMQPScheme::AMQPS {
            return Err(OpenError::Address(
                "amqps is not supported: use amqp:// within a private network, or behind a tunnel".to_owned(),
            ));
        }
        let seconds = u16::try_from(heartbeat.as_secs()).unwrap_or(u16::MAX);
        uri.query.heartbeat = Some(seconds.max(1));
        Ok(Self(uri))
    }

    pub(super) fn uri(&self) -> AMQPUri {
        self.0.clone()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let AMQPUri { authority, vhost, .. } = &self.0;
        write!(
            formatter,
            "{}:{}, virtual host {vhost:?}",
            authority.host, authority.port
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Address, OpenError> {
        Address::parse(url, Duration::from_secs(5))
    }

    #[test]
    fn never_shows_the_password() {
        let shown = parse("amqp://me:sesame@broker:5673/%2f").unwrap().to_string();
        assert_eq!(shown, "broker:5673, virtual host \"/\"");
        for broken in [
            "amqp://me:sesame@broker:port/%2f",
            "http://me:sesame@broker",
            "amqps://me:sesame@broker",
            "me:sesame@broker",
            "amqp://me:sesame@broker/%2f?heartbeat=sesame",
            "amqp://me:sesame@broker?auth_mechanism=x",
        ] {
            let refused = parse(broken).err().map(|error| error.to_string());
            assert!(
                refused.as_ref().is_some_and(|text| !text.contains("sesame")),
                "{broken}: {refused:?}"
            );
        }
    }

    #[test]
    fn sets_the_heartbeat() {
        let address = parse("amqp://broker?heartbeat=600").unwrap();
        assert_eq!(address.uri().query.heartbeat, Some(5));
    }
}
