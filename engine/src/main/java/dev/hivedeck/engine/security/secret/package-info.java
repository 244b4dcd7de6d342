/**
 * Secrets that {@code hive.yaml} names: which there are, and how a client has one kept. It never
 * tells a value.
 */
package dev.hivedeck.engine.security.secret;
