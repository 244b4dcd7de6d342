package dev.hivedeck.engine.protocol.view;

import com.fasterxml.jackson.annotation.JsonCreator;

/** How a kind of agent is run and read, by its word in {@code hive.yaml}. */
public enum AgentDriver implements Word {
  /** A command line that is written in {@code hive.yaml}. */
  COMMAND,
  /** Follows a recipe. */
  SCRIPTED,
  CODEX,
  /** Codex by its app server. */
  CODEX_APP,
  CLAUDE,
  OPENCODE,
  GEMINI,
  /** Whatever speaks the Agent Client Protocol. */
  ACP,
  /** The person, who is in no configuration. */
  PERSON;

  @JsonCreator
  public static AgentDriver of(String word) {
    return Word.parse(AgentDriver.class, word.replace('-', '_'));
  }

  @Override
  public String word() {
    return Word.kebab(this);
  }

  /** Whether it leaves it to the machine to hold its agent to its sandbox. */
  public boolean isHeldByMachine() {
    return this == COMMAND || this == ACP;
  }

  /** Whether it runs a well-known program under the program's name. */
  public boolean isProgram() {
    return switch (this) {
      case CODEX, CLAUDE, OPENCODE, GEMINI -> true;
      case COMMAND, SCRIPTED, CODEX_APP, ACP, PERSON -> false;
    };
  }
}
