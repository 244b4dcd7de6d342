package dev.hivedeck.engine.protocol.service;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.hivedeck.engine.protocol.view.Word;

/** How it stands with a service, or with one instance of it. */
public enum ServiceState implements Word {
  /** Nothing of it runs, and nothing is tried. */
  STOPPED,
  /** It was begun, and has not answered yet. */
  STARTING,
  /** It runs and answers. */
  HEALTHY,
  /** It runs and does not answer as it should. */
  UNHEALTHY,
  /** It ended by itself, and is begun again in a while. */
  BACKING_OFF,
  /** It is not begun again until a person says so. */
  FAILED,
  /** It is being ended. */
  STOPPING;

  @JsonCreator
  public static ServiceState of(String word) {
    return Word.parse(ServiceState.class, word);
  }
}
