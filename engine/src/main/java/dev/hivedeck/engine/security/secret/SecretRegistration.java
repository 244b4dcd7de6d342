package dev.hivedeck.engine.security.secret;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Registration;
import dev.hivedeck.engine.protocol.secret.Secret;
import dev.hivedeck.engine.protocol.secret.SecretCommand;
import dev.hivedeck.engine.protocol.secret.SecretQuery;
import java.util.List;
import java.util.Map;

/** The words and paths of secrets. */
public final class SecretRegistration implements Registration {
  private static final String LIST = "secrets";
  private static final String SET = "secret.set";
  private static final String PATH = "/v1/secrets";

  @Override
  public Map<String, Class<? extends Query>> queries() {
    return Map.of(LIST, SecretQuery.Secrets.class);
  }

  @Override
  public Map<String, Class<? extends Command>> commands() {
    return Map.of(SET, SecretCommand.SetSecret.class);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(
            PATH,
            "listSecrets",
            "Secrets that hive.yaml names or that are kept, without their values",
            LIST,
            Secret.class,
            true,
            Map.of()),
        new Route(
            PATH,
            "setSecret",
            "Keep a secret; its value is written down nowhere else",
            SET,
            Secret.class,
            false,
            Map.of()));
  }
}
