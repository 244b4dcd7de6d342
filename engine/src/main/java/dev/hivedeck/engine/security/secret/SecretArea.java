package dev.hivedeck.engine.security.secret;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.protocol.secret.Secret;
import dev.hivedeck.engine.protocol.secret.SecretCommand;
import dev.hivedeck.engine.protocol.secret.SecretQuery;
import dev.hivedeck.engine.security.SecretLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Registers secrets. */
public final class SecretArea {
  private SecretArea() {}

  /**
   * Of an engine that takes commands.
   *
   * @param config as the file says now, consented to or not
   */
  public static Area of(SecretLookup secrets, Supplier<HiveConfig> config) {
    return asked(secrets, config)
        .commands(
            SecretCommand.class,
            command ->
                switch (command) {
                  case SecretCommand.SetSecret c ->
                      Action.effect(
                          () -> {
                            secrets.keep(c.name(), c.value());
                            return secret(c.name(), secrets, config.get());
                          });
                })
        .build();
  }

  /** Of an engine that is only asked. */
  public static Area reading(SecretLookup secrets, Supplier<HiveConfig> config) {
    return asked(secrets, config).build();
  }

  private static Area.Builder asked(SecretLookup secrets, Supplier<HiveConfig> config) {
    return Area.named("secret")
        .queries(
            SecretQuery.class,
            query ->
                switch (query) {
                  case SecretQuery.Secrets _ -> all(secrets, config.get());
                });
  }

  private static List<Secret> all(SecretLookup secrets, HiveConfig config) {
    var names = new TreeSet<>(SecretUses.of(config).keySet());
    names.addAll(secrets.places().keySet());
    var all = new ArrayList<Secret>();
    names.forEach(name -> all.add(secret(name, secrets, config)));
    return all;
  }

  private static Secret secret(String name, SecretLookup secrets, HiveConfig config) {
    var places = secrets.places();
    return new Secret(
        name,
        places.containsKey(name),
        places.getOrDefault(name, secrets.place()),
        List.copyOf(SecretUses.of(config).getOrDefault(name, new TreeSet<>())));
  }
}
