package dev.hivedeck.engine.notify.channel;

import dev.hivedeck.engine.config.notify.SecretRef;
import dev.hivedeck.engine.protocol.HiveException;

/** Gives the values that a configuration only names. */
@FunctionalInterface
public interface Secrets {
  /**
   * @throws HiveException {@code no-secret} when there is none, with the remedy
   */
  String value(SecretRef reference);
}
