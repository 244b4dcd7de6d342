package dev.hivedeck.engine.config.metrics;

import java.time.Duration;

/** Something that metrics are taken from, again and again. */
public sealed interface SourceConfig permits ScrapeConfig, ServerConfig, CheckConfig {
  String name();

  /** How often it is asked. */
  Duration every();

  /** How long that may take. */
  Duration timeout();
}
