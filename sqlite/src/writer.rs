//! The thread that writes: it groups the jobs that wait into one transaction.
//!
//! A group is: `BEGIN IMMEDIATE`, then each job but the first inside a savepoint that is released or rolled back on its
//! own, then one `COMMIT`, then the answers. The first job needs no savepoint: until it is done the transaction is its
//! own, and a savepoint costs a copy of every page that it changes. A job is told of success only when the commit is on disk. When a group as a whole
//! fails, also a job that had been refused hears of the failure and not of its refusal: what it was refused for may
//! have been a row of a neighbour, which now does not exist.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::error::{Cause, Error, Fault, JobError, classify, panic_text};
use crate::lock::FileLock;
use crate::options::OpenOptions;
use crate::stats::Counters;

/// What the writer is asked to do.
pub(crate) enum Command {
    Run(Box<dyn Job>),
    /// Finish what waits, take nothing more, and end.
    Close,
}

/// A job, whatever it returns.
pub(crate) trait Job: Send {
    /// Runs it and keeps its result.
    fn run(&mut self, connection: &Connection) -> Verdict;
    /// Answers its caller: with its result, or with the fault that befell its group.
    fn answer(self: Box<Self>, fault: Option<&Fault>);
}

/// Whether what a job has written stands.
pub(crate) enum Verdict {
    Keep,
    Undo,
}

/// A job that returns a `T`, and whom to tell.
pub(crate) struct TypedJob<F, T, E> {
    job: Option<F>,
    result: Result<T, Error<E>>,
    caller: oneshot::Sender<Result<T, Error<E>>>,
}

impl<F, T, E> TypedJob<F, T, E> {
    pub(crate) fn new(job: F) -> (Self, oneshot::Receiver<Result<T, Error<E>>>) {
        let (caller, answer) = oneshot::channel();
        (
            Self {
                job: Some(job),
                result: Err(Error::Closed),
                caller,
            },
            answer,
        )
    }
}

impl<F, T, E> Job for TypedJob<F, T, E>
where
    F: FnOnce(&Connection) -> Result<T, E> + Send,
    T: Send,
    E: JobError,
{
    fn run(&mut self, connection: &Connection) -> Verdict {
        let Some(job) = self.job.take() else {
            return Verdict::Undo;
        };
        // Unwind safety: what the job wrote is rolled back, and what it owned dies with it.
        self.result = match catch_unwind(AssertUnwindSafe(|| job(connection))) {
            Ok(result) => result.map_err(classify),
            Err(payload) => Err(Error::Panicked(panic_text(&*payload))),
        };
        if self.result.is_ok() {
            Verdict::Keep
        } else {
            Verdict::Undo
        }
    }

    fn answer(self: Box<Self>, fault: Option<&Fault>) {
        let result = match fault {
            None => self.result,
            Some(fault) => Err(fault.clone().into()),
        };
        // A caller that has gone away does not undo its job.
        let _caller_left = self.caller.send(result);
    }
}

/// The writer's thread, which owns the connection and, until the connection is closed, the lock.
pub(crate) struct Writer {
    pub(crate) connection: Connection,
    pub(crate) lock: FileLock,
    pub(crate) commands: mpsc::Receiver<Command>,
    pub(crate) options: OpenOptions,
    pub(crate) counters: Arc<Counters>,
}

impl Writer {
    /// Runs until it is told to close, or until nobody is left who could ask for anything.
    pub(crate) fn run(mut self) {
        while let Some(command) = self.commands.blocking_recv() {
            match command {
                Command::Run(first) => self.run_group(first),
                Command::Close => self.commands.close(),
            }
        }
        let Self {
            connection,
            lock,
            options,
            ..
        } = self;
        close(connection, options.name);
        drop(lock);
    }

    fn run_group(&mut self, first: Box<dyn Job>) {
        let mut jobs = Vec::with_capacity(self.options.group_jobs);
        let outcome = self.fill_and_commit(first, &mut jobs);
        let fault = outcome.err();
        if let Some(fault) = &fault {
            tracing::error!(
                database = self.options.name,
                jobs = jobs.len(),
                ?fault,
                "a group was not stored"
            );
            self.roll_back();
        }
        self.counters.group_done(jobs.len(), fault.is_none());
        for job in jobs {
            job.answer(fault.as_ref());
        }
    }

    /// Runs the first job and those that wait behind it, and commits them. Every job that was looked at is in `jobs`.
    fn fill_and_commit(&mut self, first: Box<dyn Job>, jobs: &mut Vec<Box<dyn Job>>) -> Result<(), Fault> {
        let started = Instant::now();
        let mut group = self.execute("BEGIN IMMEDIATE");
        let mut next = Some(first);
        while let Some(mut job) = next {
            // A group that is lost still collects its jobs: each would meet the same fault after the same wait.
            let is_first = jobs.is_empty();
            group = group.and_then(|()| {
                if is_first {
                    self.run_first(&mut *job)
                } else {
                    self.run_next(&mut *job)
                }
            });
            jobs.push(job);
            let full = jobs.len() >= self.options.group_jobs || started.elapsed() >= self.options.group_time;
            next = if full { None } else { self.next_waiting() };
        }
        group?;
        self.commit()
    }

    /// The next job, if one waits already.
    fn next_waiting(&mut self) -> Option<Box<dyn Job>> {
        match self.commands.try_recv() {
            Ok(Command::Run(job)) => Some(job),
            Ok(Command::Close) => {
                self.commands.close();
                self.next_waiting()
            }
            Err(_) => None,
        }
    }

    /// Runs a job that has the whole transaction to itself. To undo it is to begin anew.
    fn run_first(&self, job: &mut dyn Job) -> Result<(), Fault> {
        let verdict = self.run_job(job)?;
        if matches!(verdict, Verdict::Undo) {
            self.execute("ROLLBACK")?;
            self.execute("BEGIN IMMEDIATE")?;
        }
        Ok(())
    }

    /// Runs a job on top of what those before it wrote.
    fn run_next(&self, job: &mut dyn Job) -> Result<(), Fault> {
        self.execute("SAVEPOINT job")?;
        let verdict = self.run_job(job)?;
        if matches!(verdict, Verdict::Undo) {
            self.execute("ROLLBACK TO job")?;
        }
        self.execute("RELEASE job")
    }

    fn run_job(&self, job: &mut dyn Job) -> Result<Verdict, Fault> {
        let verdict = job.run(&self.connection);
        // SQLite ends the transaction by itself after some failures, and the neighbours' work is gone with it.
        if self.connection.is_autocommit() {
            let message = "the transaction ended in the middle of a group".to_owned();
            return Err(Fault::unavailable(Cause::Other, message));
        }
        Ok(verdict)
    }

    fn commit(&self) -> Result<(), Fault> {
        if let Some(hook) = &self.options.before_commit {
            hook();
        }
        self.execute("COMMIT")?;
        if let Some(hook) = &self.options.after_commit {
            hook();
        }
        Ok(())
    }

    fn roll_back(&self) {
        if self.connection.is_autocommit() {
            return;
        }
        if let Err(fault) = self.execute("ROLLBACK") {
            tracing::error!(
                database = self.options.name,
                ?fault,
                "a group was not rolled back"
            );
        }
    }

    fn execute(&self, statement: &str) -> Result<(), Fault> {
        let prepared = self.connection.prepare_cached(statement);
        let done = prepared.and_then(|mut prepared| prepared.execute([]));
        done.map(|_| ()).map_err(|error| Fault::at_boundary(&error))
    }
}

/// Copies the log into the file and empties it, so that what is left behind is one file.
fn close(connection: Connection, name: &str) {
    let checkpointed = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    if let Err(error) = checkpointed {
        // Nothing is lost: the log is read again when the file is next opened.
        tracing::warn!(database = name, %error, "the log was not copied into the file at closing");
    }
    if let Err((_connection, error)) = connection.close() {
        tracing::warn!(database = name, %error, "the file was not closed cleanly");
    }
}
