//! What stands on the broker, in one table, and its declaration.
//!
//! | name | what |
//! |---|---|
//! | `<prefix>.payments.00` … `.15` | a quorum queue per partition, with a single active consumer |
//! | `<prefix>.payments.dead` | the quorum queue of messages that were delivered too often |
//! | `<prefix>.events` | the topic exchange of outgoing events; the routing key is the event's type |
//!
//! All of it is durable. Declaring is idempotent, and is done anew with every connection, so that a broker that was
//! replaced is set up without anybody's help. A full partition refuses its publishers (`reject-publish`): nothing is
//! ever dropped. A dead message is moved with confirms (`at-least-once`), which needs that.

use std::ops::RangeInclusive;

use lapin::options::{
    ExchangeDeclareOptions, ExchangeDeleteOptions, QueueDeclareOptions, QueueDeleteOptions,
};
use lapin::types::{AMQPValue, FieldTable, MAX_SHORT_STRING_LENGTH, ShortString};
use lapin::{Channel, ErrorKind, ExchangeKind};

use super::options::RabbitOptions;
use crate::partition::{PARTITIONS, Partition};

/// So long may a prefix be, in bytes: names on the broker are limited to 255.
const PREFIX_BYTES: RangeInclusive<usize> = 1..=200;

/// RabbitMQ 4 gives every quorum queue a limit of its own, of 20 deliveries, after which a message without a
/// dead-letter exchange is dropped. The dead must not be: and 3.10 takes no "unlimited".
const DEAD_DELIVERY_LIMIT: i64 = 1_000_000_000;

/// A line of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Partition(Partition),
    Dead,
}

impl Line {
    /// How many there are.
    pub(super) const COUNT: usize = PARTITIONS as usize + 1;

    pub(super) fn all() -> impl Iterator<Item = Self> {
        Partition::all().map(Self::Partition).chain([Self::Dead])
    }

    /// From 0, below [`Self::COUNT`].
    pub(super) fn index(self) -> usize {
        match self {
            Self::Partition(partition) => partition.number().into(),
            Self::Dead => PARTITIONS.into(),
        }
    }
}

/// What is to stand on the broker.
#[derive(Clone, Debug)]
pub(super) struct Topology {
    prefix: String,
    max_messages: i64,
    max_bytes: i64,
    delivery_limit: u32,
}

/// Why the broker refused to declare something.
#[derive(Debug)]
pub(super) struct Refused {
    /// The queue or exchange.
    pub(super) object: String,
    pub(super) error: lapin::Error,
}

impl Topology {
    /// How many queues and exchanges there are.
    pub(super) const OBJECTS: u32 = PARTITIONS as u32 + 2;

    /// `None` if the prefix cannot be one.
    pub(super) fn new(options: &RabbitOptions) -> Option<Self> {
        PREFIX_BYTES.contains(&options.prefix.len()).then(|| Self {
            prefix: options.prefix.clone(),
            max_messages: i64::try_from(options.max_messages).unwrap_or(i64::MAX),
            max_bytes: i64::try_from(options.max_bytes).unwrap_or(i64::MAX),
            delivery_limit: options.delivery_limit.max(1),
        })
    }

    pub(super) fn queue(&self, line: Line) -> ShortString {
        let Self { prefix, .. } = self;
        short(&match line {
            Line::Partition(partition) => format!("{prefix}.payments.{:02}", partition.number()),
            Line::Dead => format!("{prefix}.payments.dead"),
        })
    }

    /// The partition whose queue has this name.
    pub(super) fn partition_of_queue(&self, name: &str) -> Option<Partition> {
        Partition::all().find(|partition| self.queue(Line::Partition(*partition)).as_str() == name)
    }

    pub(super) fn events(&self) -> ShortString {
        short(&format!("{}.events", self.prefix))
    }

    /// Declares everything.
    pub(super) async fn declare(&self, channel: &Channel) -> Result<(), Refused> {
        self.declare_events(channel).await?;
        for line in Line::all() {
            self.declare_line(channel, line).await?;
        }
        Ok(())
    }

    pub(super) async fn declare_events(&self, channel: &Channel) -> Result<(), Refused> {
        let options = ExchangeDeclareOptions {
            durable: true,
            ..ExchangeDeclareOptions::default()
        };
        let declared =
            channel.exchange_declare(self.events(), ExchangeKind::Topic, options, FieldTable::default());
        declared.await.map_err(|error| Refused {
            object: format!("the exchange {}", self.events()),
            error,
        })
    }

    pub(super) async fn declare_line(&self, channel: &Channel, line: Line) -> Result<(), Refused> {
        let options = QueueDeclareOptions {
            durable: true,
            ..QueueDeclareOptions::default()
        };
        let declared = channel.queue_declare(self.queue(line), options, self.arguments(line));
        match declared.await {
            Ok(_) => Ok(()),
            Err(error) => Err(Refused {
                object: format!("the queue {}", self.queue(line)),
                error,
            }),
        }
    }

    /// Deletes everything, also what is not there.
    pub(super) async fn delete(&self, channel: &Channel) -> lapin::Result<()> {
        channel
            .exchange_delete(self.events(), ExchangeDeleteOptions::default())
            .await?;
        for line in Line::all() {
            channel
                .queue_delete(self.queue(line), QueueDeleteOptions::default())
                .await?;
        }
        Ok(())
    }

    fn arguments(&self, line: Line) -> FieldTable {
        let mut arguments = FieldTable::default();
        let mut set = |name: &str, value: AMQPValue| {
            arguments.insert(short(name), value);
        };
        set("x-queue-type", text("quorum"));
        set("x-single-active-consumer", AMQPValue::Boolean(true));
        match line {
            Line::Partition(_) => {
                // The broker buries when there were more returns than this; we count deliveries, the first included.
                let returns = i64::from(self.delivery_limit) - 1;
                set("x-delivery-limit", AMQPValue::LongLongInt(returns));
                set("x-overflow", text("reject-publish"));
                set("x-max-length", AMQPValue::LongLongInt(self.max_messages));
                set("x-max-length-bytes", AMQPValue::LongLongInt(self.max_bytes));
                set("x-dead-letter-exchange", text(""));
                set("x-dead-letter-routing-key", text(self.queue(Line::Dead).as_str()));
                set("x-dead-letter-strategy", text("at-least-once"));
            }
            Line::Dead => set("x-delivery-limit", AMQPValue::LongLongInt(DEAD_DELIVERY_LIMIT)),
        }
        arguments
    }
}

impl Refused {
    /// What to do, if it is the declaration that was refused and not the connection that went away.
    pub(super) fn advice(&self) -> Option<&'static str> {
        match self.error.kind() {
            ErrorKind::ProtocolError(error) => Some(match error.get_id() {
                // PRECONDITION_FAILED
                406 => {
                    "It exists with other arguments. Start with the options that it was declared with, or with another \
                     prefix; or stop every process, empty the queue, and delete it: it is then declared anew"
                }
                // ACCESS_REFUSED
                403 => {
                    "The user needs the permissions configure, write and read on everything with the prefix"
                }
                _ => "See the broker's log",
            }),
            _ => None,
        }
    }
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}

/// As much of a name as a short string holds. Names of ours fit, by their making.
pub(super) fn short(name: &str) -> ShortString {
    let end = name.floor_char_boundary(MAX_SHORT_STRING_LENGTH);
    ShortString::try_new(name.get(..end).unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topology(prefix: &str) -> Option<Topology> {
        Topology::new(&RabbitOptions {
            prefix: prefix.to_owned(),
            ..RabbitOptions::default()
        })
    }

    #[test]
    fn names_are_pinned() {
        let topology = topology("moneyflow").unwrap();
        let names: Vec<String> = Line::all().map(|line| topology.queue(line).to_string()).collect();
        assert_eq!(names.len(), Line::COUNT);
        assert_eq!(
            (names[0].as_str(), names[15].as_str(), names[16].as_str()),
            (
                "moneyflow.payments.00",
                "moneyflow.payments.15",
                "moneyflow.payments.dead"
            )
        );
        assert_eq!(topology.events().as_str(), "moneyflow.events");
    }

    #[test]
    fn a_queue_s_name_tells_its_partition() {
        let topology = topology("a").unwrap();
        for partition in Partition::all() {
            let name = topology.queue(Line::Partition(partition));
            assert_eq!(topology.partition_of_queue(name.as_str()), Some(partition));
        }
        assert_eq!(topology.partition_of_queue("a.payments.dead"), None);
        assert_eq!(topology.partition_of_queue("a.payments.16"), None);
    }

    #[test]
    fn a_name_is_cut_between_characters() {
        assert_eq!(short("abc").as_str(), "abc");
        assert_eq!(short(&"x".repeat(300)).as_str().len(), 255);
        assert_eq!(short(&"ü".repeat(300)).as_str(), "ü".repeat(127));
    }

    #[test]
    fn a_prefix_is_bounded() {
        assert!(topology("").is_none());
        assert!(topology(&"x".repeat(200)).is_some());
        assert!(topology(&"x".repeat(201)).is_none());
    }
}
