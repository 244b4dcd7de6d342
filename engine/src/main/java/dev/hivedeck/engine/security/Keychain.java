package dev.hivedeck.engine.security;

import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The login keychain of macOS, by {@code security}. Values are in Base64, for the tool shows others
 * in a form of its own.
 */
final class Keychain implements CredentialStore {
  /** {@code errSecItemNotFound}, as the tool ends with it. */
  private static final int NOT_FOUND = 44;

  private final CredentialTool tool;

  Keychain(CredentialTool tool) {
    this.tool = tool;
  }

  @Override
  public String name() {
    return "keychain";
  }

  @Override
  public Optional<String> get(String account) {
    var said =
        tool.run(
            ErrorCode.SECRETS_UNREADABLE,
            "",
            List.of("find-generic-password", "-s", "hivedeck", "-a", account, "-w"));
    if (said.code() == NOT_FOUND) {
      return Optional.empty();
    }
    if (said.code() != 0) {
      throw tool.locked(ErrorCode.SECRETS_UNREADABLE, said.error());
    }
    try {
      return Optional.of(
          new String(Base64.getDecoder().decode(said.out().strip()), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw tool.locked(ErrorCode.SECRETS_UNREADABLE, "what it has is not what was kept");
    }
  }

  @Override
  public void set(String account, String value) {
    String kept = Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
    // As a command on its standard input, for arguments can be seen by everybody.
    var said =
        tool.run(
            ErrorCode.SECRETS_UNWRITABLE,
            "add-generic-password -U -s hivedeck -a \"" + account + "\" -w \"" + kept + "\"\n",
            List.of("-i"));
    // So it ends well whatever came of it.
    if (said.code() != 0 || !get(account).filter(value::equals).isPresent()) {
      throw tool.locked(ErrorCode.SECRETS_UNWRITABLE, said.error());
    }
  }

  @Override
  public void remove(String account) {
    var said =
        tool.run(
            ErrorCode.SECRETS_UNWRITABLE,
            "",
            List.of("delete-generic-password", "-s", "hivedeck", "-a", account));
    if (said.code() != 0 && said.code() != NOT_FOUND) {
      throw tool.locked(ErrorCode.SECRETS_UNWRITABLE, said.error());
    }
  }
}
