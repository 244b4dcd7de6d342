/**
 * Changes {@code hive.yaml} on disk: agents added and removed, values edited, a first file
 * proposed. Every change is checked as the whole file would be, and nothing else in the file moves.
 */
package dev.hivedeck.engine.config.edit;
