/** The section {@code notify} of {@code hive.yaml} as records. It reads, and sends nothing. */
package dev.hivedeck.engine.config.notify;
