//! What may leave the cluster: secrets in text are replaced by what they are.
