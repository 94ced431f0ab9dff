//! Rules, versions, runs and the tasks' catalogue over REST.
