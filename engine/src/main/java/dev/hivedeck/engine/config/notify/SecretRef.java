package dev.hivedeck.engine.config.notify;

/** A value that {@code hive.yaml} only names, or one that is no secret and stands there. */
public sealed interface SecretRef {
  /** Kept by {@code hivedeck secret set}. */
  record Stored(String name) implements SecretRef {}

  /** A variable of the engine's environment. */
  record Variable(String name) implements SecretRef {}

  /** Written out. */
  record Plain(String value) implements SecretRef {}
}
