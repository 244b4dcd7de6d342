package dev.hivedeck.engine.config.notify;

import java.util.regex.Pattern;

/** A value that {@code hive.yaml} only names, or one that is no secret and stands there. */
public sealed interface SecretRef {
  /** What {@link #parse} takes: a variable, or a secret that is kept. */
  Pattern FORM =
      Pattern.compile("env:[A-Za-z_][A-Za-z0-9_]*|secret:[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** Reads {@code env:NAME} and {@code secret:NAME}, which are in the {@link #FORM}. */
  static SecretRef parse(String text) {
    String name = text.substring(text.indexOf(':') + 1);
    return text.startsWith("env:") ? new Variable(name) : new Stored(name);
  }

  /** Kept by {@code hivedeck secret set}. */
  record Stored(String name) implements SecretRef {}

  /** A variable of the engine's environment. */
  record Variable(String name) implements SecretRef {}

  /** Written out. */
  record Plain(String value) implements SecretRef {}
}
