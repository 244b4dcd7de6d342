package dev.hivedeck.app.cli.setup;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.engine.config.notify.NotifyReader;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.security.SecretStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Secrets of this workspace, which hive.yaml names and does not hold. */
@Command(
    name = "secret",
    description = "Keeps secrets that hive.yaml names, in an encrypted file of this machine.")
public final class SecretCommand {
  private static final int LONGEST = 1 << 16;

  @ParentCommand HivedeckCommand cli;

  private SecretStore store() {
    return new SecretStore(EngineAccess.folder(cli.workspace()));
  }

  @Command(name = "list", description = "Lists the names, never the values.")
  int list() {
    var names = store().names();
    cli.answer(names, names.isEmpty() ? "No secret is kept." : String.join("\n", names));
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
    store().set(name, value(name));
    cli.answer(Map.of("name", name), "Kept as " + name + ".");
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
