package dev.hivedeck.engine.protocol.service;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens to services. */
public enum ServiceEvent implements EventType {
  STARTING("service.starting", "An instance was begun, and has not answered yet."),
  HEALTHY("service.healthy", "All instances answer."),
  UNHEALTHY("service.unhealthy", "An instance runs and does not answer as it should."),
  CRASHED("service.crashed", "An instance ended by itself, and is begun again in a while."),
  FAILED("service.failed", "An instance is not begun again until a person says so."),
  STOPPED("service.stopped", "Nothing of it runs."),
  CHANGED("service.changed", "Something else about it is different."),
  REMOVED("service.removed", "It is configured no more, or all that registered are gone.");

  private final String word;
  private final String meaning;

  ServiceEvent(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return ServiceRegistration.SERVICE;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
