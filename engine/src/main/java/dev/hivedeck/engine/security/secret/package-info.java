/**
 * Secrets that {@code hive.yaml} names: which there are, and how a client has one kept. It never
 * tells a value.
 */
@NullMarked
package dev.hivedeck.engine.security.secret;

import org.jspecify.annotations.NullMarked;
