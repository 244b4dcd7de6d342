/**
 * {@code .hivedeck/hive.yaml} as records, checked against its schema and explained by file and
 * line; and where Hivedeck keeps its own data. It reads; {@code config.edit} writes.
 */
package dev.hivedeck.engine.config;
