package dev.hivedeck.engine.security.audit;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens in the audit. */
enum AuditEvent implements EventType {
  RECORDED("audit.recorded", "A command was carried out or refused.");

  private final String word;
  private final String meaning;

  AuditEvent(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return AuditRegistration.TOPIC;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
