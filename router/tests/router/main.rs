//! The router as its callers see it: a real HTTP server in front, a real queue behind.

#[cfg(test)]
mod batch;
#[cfg(test)]
mod bodies;
#[cfg(test)]
mod composer;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod duplicates;
#[cfg(test)]
mod matching;
#[cfg(test)]
mod queue_trouble;
#[cfg(test)]
mod support;
