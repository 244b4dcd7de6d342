/**
 * What the user configures: {@code .hivedeck/hive.yaml} of the repository, read, checked against
 * its schema and explained by file and line; and where Hivedeck keeps its own data.
 */
package dev.hivedeck.engine.config;
