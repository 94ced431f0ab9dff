//! The system under test: one composer, one payments API, one router and some workers, in processes of their own, on private
//! servers.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;
use sqlx::{Connection as _, PgConnection};

use crate::audit::Audit;
use crate::load::Load;
use crate::ports::free_port;
use crate::process::{Service, run};
use crate::rules_under_test::{COMPANIES, RULES, rule};
use crate::servers::Servers;
use crate::{Patience, until};

const DATABASE: &str = "moneyflow";

/// Everything that runs for one test.
#[derive(Debug)]
pub struct System {
    /// The composer API.
    pub composer: Service,
    /// The payments API, which the composer asks for the ledger.
    pub payments: Service,
    /// The router.
    pub router: Service,
    /// The orchestrators.
    pub workers: Vec<Service>,
    /// Who listens to outgoing events.
    pub audit: Audit,
    /// What was sent.
    pub load: Arc<Load>,
    /// A client for the composer.
    client: reqwest::Client,
    // Last: the processes above go first.
    /// The servers.
    pub servers: Servers,
}

impl System {
    /// Starts servers and services, and saves the rules of all companies.
    ///
    /// # Errors
    ///
    /// If something does not come up.
    pub async fn start(workers: usize) -> anyhow::Result<Self> {
        let servers = Servers::start().await?;
        let mut connection = PgConnection::connect(&servers.postgres.url("postgres")).await?;
        sqlx::raw_sql("CREATE DATABASE moneyflow")
            .execute(&mut connection)
            .await?;
        run(&["migrate", "--database-url", &servers.postgres.url(DATABASE)]).await?;
        let grpc_port = free_port()?.to_string();
        let payments = new_service(&servers, "payments-api", &["--grpc-port", &grpc_port])?;
        let composer = new_service(&servers, "composer-api", &["--payments-url", payments.url()])?;
        let router = new_service(&servers, "router", &["--composer-url", composer.url()])?;
        let audit = Audit::new(servers.rabbitmq.url());
        let mut system = Self {
            composer,
            payments,
            router,
            workers: Vec::new(),
            audit,
            load: Arc::default(),
            client: reqwest::Client::builder().no_proxy().build()?,
            servers,
        };
        system.payments.start().await?;
        system.composer.start().await?;
        system.router.start().await?;
        for _ in 0..workers {
            system.add_worker().await?;
        }
        system.audit.listen().await?;
        system.save_rules().await?;
        Ok(system)
    }

    /// One more worker.
    ///
    /// # Errors
    ///
    /// If it does not come up.
    pub async fn add_worker(&mut self) -> anyhow::Result<()> {
        let mut worker = new_service(&self.servers, "orchestrator", &[])?;
        worker.start().await?;
        self.workers.push(worker);
        Ok(())
    }

    /// One more router, which knows no rules yet.
    ///
    /// # Errors
    ///
    /// If it does not come up.
    pub async fn cold_router(&self) -> anyhow::Result<Service> {
        let mut router = new_service(&self.servers, "router", &["--composer-url", self.composer.url()])?;
        router.start().await?;
        Ok(router)
    }

    /// One of the workers.
    ///
    /// # Errors
    ///
    /// If there are not so many.
    pub fn worker(&mut self, nth: usize) -> anyhow::Result<&mut Service> {
        self.workers.get_mut(nth).context("there are not so many workers")
    }

    /// The database's URL.
    pub fn database_url(&self) -> String {
        self.servers.postgres.url(DATABASE)
    }

    /// A connection to the database, as its superuser.
    ///
    /// # Errors
    ///
    /// If it does not answer.
    pub async fn database(&self) -> anyhow::Result<PgConnection> {
        Ok(PgConnection::connect(&self.database_url()).await?)
    }

    /// Runs SQL in the database, past the program.
    ///
    /// # Errors
    ///
    /// If the database refuses it.
    pub async fn sql(&self, statements: &str) -> anyhow::Result<()> {
        let statements = sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned()));
        statements.execute(&mut self.database().await?).await?;
        Ok(())
    }

    /// GET on the composer.
    ///
    /// # Errors
    ///
    /// If it answers anything but 200.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let url = format!("{}{path}", self.composer.url());
        let response = self.client.get(url).send().await?;
        let (status, bytes) = (response.status(), response.bytes().await?);
        if !status.is_success() {
            bail!(
                "GET {path} was answered {status}: {}",
                String::from_utf8_lossy(&bytes)
            );
        }
        Ok(rules::json::parse(&bytes)?)
    }

    /// All items of a list of the composer's, page by page.
    ///
    /// # Errors
    ///
    /// If one cannot be read.
    pub async fn all(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let mut page = self.get(&format!("{path}{joint}limit=200{cursor}")).await?;
            let found = page.get_mut("items").and_then(Value::as_array_mut);
            items.append(found.context("a list has items")?);
            match page.get("next_cursor").and_then(Value::as_str) {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(items),
            }
        }
    }

    /// How many partitions each worker has, by the database's clock: most first.
    ///
    /// # Errors
    ///
    /// If the database cannot be asked.
    pub async fn shares(&self) -> anyhow::Result<Vec<i64>> {
        let query = "SELECT count(*) AS share FROM partitions WHERE expires_at > clock_timestamp() \
                     GROUP BY owner ORDER BY share DESC";
        let rows: Vec<(i64,)> = sqlx::query_as(query)
            .fetch_all(&mut self.database().await?)
            .await?;
        Ok(rows.into_iter().map(|(share,)| share).collect())
    }

    /// Waits until the partitions are shared out like this, most first.
    ///
    /// # Errors
    ///
    /// If they are not in time.
    pub async fn shared(&self, shares: &[i64], within: Duration) -> anyhow::Result<()> {
        until(
            &format!("shares of {shares:?}"),
            Patience::of(within),
            async || {
                let found = self.shares().await?;
                ensure!(found == shares, "the shares are {found:?}");
                Ok(Some(()))
            },
        )
        .await
        .with_context(|| format!("\n{}", self.last_words()))
    }

    /// The ends of all logs: what to look at when a test failed.
    pub fn last_words(&self) -> String {
        let services = [&self.composer, &self.router].into_iter().chain(&self.workers);
        let logs: Vec<String> = services
            .map(|service| format!("--- {}\n{}", service.url(), service.last_words()))
            .collect();
        logs.join("\n")
    }

    async fn save_rules(&self) -> anyhow::Result<()> {
        for company_id in COMPANIES {
            for name in RULES {
                let request = self.client.post(format!("{}/payment-rules", self.composer.url()));
                let request = request.header("content-type", "application/json");
                let response = request.body(rule(company_id, name).to_string()).send().await?;
                let status = response.status();
                if status.as_u16() != 201 {
                    bail!("a rule was answered {status}: {}", response.text().await?);
                }
            }
        }
        Ok(())
    }
}

fn new_service(servers: &Servers, service: &str, more: &[&str]) -> anyhow::Result<Service> {
    let (port, flag) = (free_port()?.to_string(), port_flag(service));
    let (database, queue) = (servers.postgres.url(DATABASE), servers.rabbitmq.url());
    let arguments = [
        "serve",
        service,
        "--database-url",
        &database,
        "--queue-url",
        &queue,
        flag,
        &port,
    ];
    let name = format!("{service}-{port}");
    Ok(Service::new(
        &name,
        &[&arguments, more].concat(),
        port.parse()?,
        servers.folder(),
    ))
}

fn port_flag(service: &str) -> &'static str {
    match service {
        "composer-api" => "--composer-port",
        "payments-api" => "--payments-port",
        "router" => "--router-port",
        _ => "--worker-port",
    }
}
