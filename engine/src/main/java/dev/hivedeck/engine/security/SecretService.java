package dev.hivedeck.engine.security;

import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The Secret Service of a Linux desktop (GNOME Keyring, KWallet), by {@code secret-tool} of
 * libsecret. Values are in Base64, for the tool takes lines.
 */
final class SecretService implements CredentialStore {
  private final CredentialTool tool;

  SecretService(CredentialTool tool) {
    this.tool = tool;
  }

  @Override
  public String name() {
    return "Secret Service";
  }

  private static List<String> words(String verb, String account) {
    return List.of(verb, "application", "hivedeck", "account", account);
  }

  @Override
  public Optional<String> get(String account) {
    var said = tool.run(ErrorCode.SECRETS_UNREADABLE, "", words("lookup", account));
    if (said.code() == 0 && !said.out().isBlank()) {
      try {
        return Optional.of(
            new String(Base64.getDecoder().decode(said.out().strip()), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        throw tool.locked(ErrorCode.SECRETS_UNREADABLE, "what it has is not what was kept");
      }
    }
    if (said.error().isBlank()) {
      return Optional.empty(); // that is how it says so
    }
    throw tool.locked(ErrorCode.SECRETS_UNREADABLE, said.error());
  }

  @Override
  public void set(String account, String value) {
    var said =
        tool.run(
            ErrorCode.SECRETS_UNWRITABLE,
            Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)),
            List.of(
                "store",
                "--label=Hivedeck " + account,
                "application",
                "hivedeck",
                "account",
                account));
    if (said.code() != 0) {
      throw tool.locked(ErrorCode.SECRETS_UNWRITABLE, said.error());
    }
  }

  @Override
  public void remove(String account) {
    var said = tool.run(ErrorCode.SECRETS_UNWRITABLE, "", words("clear", account));
    if (said.code() != 0 && !said.error().isBlank()) {
      throw tool.locked(ErrorCode.SECRETS_UNWRITABLE, said.error());
    }
  }
}
