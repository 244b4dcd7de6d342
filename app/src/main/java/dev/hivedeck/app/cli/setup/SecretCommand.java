package dev.hivedeck.app.cli.setup;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.engine.config.notify.NotifyReader;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.security.CredentialStore;
import dev.hivedeck.engine.security.SecretStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Secrets of this workspace, which hive.yaml names and does not hold. */
@Command(
    name = "secret",
    description =
        "Keeps secrets that hive.yaml names: in the system's store of secrets where there is one, "
            + "else in an encrypted file. HIVEDECK_SECRETS=file is for the file in any case.")
public final class SecretCommand {
  private static final int LONGEST = 1 << 16;

  @ParentCommand HivedeckCommand cli;

  private SecretStore store() {
    return new SecretStore(EngineAccess.folder(cli.workspace()), CredentialStore.here());
  }

  /** A secret without its value. */
  record Kept(String name, String place) {}

  @Command(name = "list", description = "Lists the names and where each lies, never the values.")
  int list() {
    var kept = new ArrayList<Kept>();
    store().places().forEach((name, place) -> kept.add(new Kept(name, place)));
    cli.answer(
        kept,
        kept.isEmpty()
            ? "No secret is kept."
            : kept.stream()
                .map(k -> "%-24s %s".formatted(k.name(), k.place()))
                .collect(Collectors.joining("\n")));
    return HivedeckCommand.DONE;
  }

  /** Where secrets may lie. */
  enum Target {
    SYSTEM,
    FILE
  }

  @Command(
      name = "move",
      description =
          "Brings all secrets to the system's store of secrets, or to the encrypted file.")
  int move(
      @Option(
              names = "--to",
              required = true,
              paramLabel = "PLACE",
              description = "${COMPLETION-CANDIDATES}")
          Target to) {
    var store = store();
    var moved = store.move(to == Target.SYSTEM);
    String place = to == Target.SYSTEM ? store.place() : SecretStore.ENCRYPTED;
    cli.answer(
        Map.of("moved", moved, "place", place),
        moved.isEmpty()
            ? "All are in the " + place + "."
            : String.join(", ", moved) + ": now in the " + place + ".");
    return HivedeckCommand.DONE;
  }

  @Command(
      name = "set",
      description = "Keeps a secret; the value is typed, or comes on standard input.")
  int set(@Parameters(paramLabel = "NAME") String name) throws IOException {
    if (!NotifyReader.NAME.matcher(name).matches()) {
      throw new HiveException(
          ErrorCode.BAD_USAGE,
          "\"" + name + "\" is no name of a secret.",
          "Write letters, digits, . _ and -, 64 at most.");
    }
    var store = store();
    store.set(name, value(name));
    cli.answer(
        new Kept(name, store.place()), "Kept as " + name + ", in the " + store.place() + ".");
    return HivedeckCommand.DONE;
  }

  private static String value(String name) throws IOException {
    var console = System.console();
    if (console != null && console.isTerminal()) {
      char[] typed = console.readPassword("Value of %s: ", name);
      return typed == null ? "" : new String(typed);
    }
    // One line end belongs to echo, not to the secret.
    return new String(System.in.readNBytes(LONGEST), StandardCharsets.UTF_8)
        .replaceFirst("\\r?\\n$", "");
  }

  @Command(name = "remove", description = "Forgets a secret.")
  int remove(@Parameters(paramLabel = "NAME") String name) {
    if (!store().remove(name)) {
      throw new HiveException(
          ErrorCode.NO_SECRET,
          "There is no secret " + name + ".",
          "hivedeck secret list names them.");
    }
    cli.answer(Map.of("removed", name), name + " is gone.");
    return HivedeckCommand.DONE;
  }
}
