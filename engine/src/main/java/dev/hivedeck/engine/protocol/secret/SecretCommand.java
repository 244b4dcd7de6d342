package dev.hivedeck.engine.protocol.secret;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Command;

/** What is done with secrets; only a person does. */
public sealed interface SecretCommand extends Command {
  /**
   * Keeps a secret, as {@code hivedeck secret set} does; one of this name is replaced. Answer: the
   * {@link Secret}. What is written down of it, in the audit and to know a repetition by its key,
   * has no value.
   *
   * @param value as it is, 16,384 characters at most
   */
  @JsonTypeName("secret.set")
  record SetSecret(String name, String value) implements SecretCommand {
    @Override
    public SetSecret withoutSecrets() {
      return new SetSecret(name, MASK);
    }

    @Override
    public String toString() {
      return "SetSecret[name=" + name + "]";
    }
  }
}
