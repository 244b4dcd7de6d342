package dev.hivedeck.engine.protocol.view;

import com.fasterxml.jackson.annotation.JsonCreator;

/** Why an alert is not told. */
public enum Muted implements Word {
  /** It is told. */
  NONE,
  SILENCED,
  INHIBITED,
  /** A person has read of it: nobody else is told. */
  ACKNOWLEDGED;

  /** Empty for none. */
  @Override
  public String word() {
    return this == NONE ? "" : Word.super.word();
  }

  @JsonCreator
  public static Muted of(String word) {
    return word.isEmpty() ? NONE : Word.parse(Muted.class, word);
  }
}
