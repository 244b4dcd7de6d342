/**
 * YAML with the line of every value, and edits of it that leave all other lines as they are. It
 * knows no key of {@code hive.yaml}.
 */
package dev.hivedeck.engine.config.yaml;
