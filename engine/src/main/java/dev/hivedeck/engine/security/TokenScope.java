package dev.hivedeck.engine.security;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Optional;

/** What a token may do, as scopes of OAuth 2 are written. */
public enum TokenScope {
  /** Push metrics, by {@code POST /v1/metrics} and OTLP, and nothing else. */
  METRICS_WRITE("metrics:write", "push metrics"),

  /** Evaluate feature flags, and report what became of it, and nothing else. */
  FLAGS("flags", "evaluate flags and report outcomes");

  private final String word;
  private final String act;

  TokenScope(String word, String act) {
    this.word = word;
    this.act = act;
  }

  /** What it allows, as the rest of a sentence: push metrics. */
  public String act() {
    return act;
  }

  /** As it is typed and kept. */
  @JsonValue
  public String word() {
    return word;
  }

  @Override
  public String toString() {
    return word;
  }

  /** Empty when there is no such scope. */
  public static Optional<TokenScope> of(String word) {
    return Arrays.stream(values()).filter(scope -> scope.word.equals(word)).findFirst();
  }

  @JsonCreator
  static TokenScope read(String word) {
    return of(word).orElseThrow(() -> new IllegalArgumentException("no scope " + word));
  }
}
