package dev.hivedeck.app.cli.setup;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.config.notify.NotifyReader;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.security.TokenScope;
import dev.hivedeck.engine.security.TokenStore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.TypeConversionException;

/** Tokens of this workspace that open a part of its engine. */
@Command(
    name = "token",
    description =
        "Makes tokens that may do less than yours, and takes them back. They outlive the engine; "
            + "what it keeps of one is a hash.")
public final class TokenCommand {
  @ParentCommand HivedeckCommand cli;

  private TokenStore store() {
    return new TokenStore(EngineAccess.folder(cli.workspace()));
  }

  /** Scopes by their words. */
  static final class Word implements ITypeConverter<TokenScope> {
    @Override
    public TokenScope convert(String word) {
      return TokenScope.of(word)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "\""
                          + word
                          + "\" is no scope; there are "
                          + Arrays.stream(TokenScope.values())
                              .map(TokenScope::word)
                              .collect(Collectors.joining(", "))));
    }
  }

  /** A token that was made; nobody is shown it again. */
  record Made(String name, TokenScope scope, Instant created, String token) {}

  @Command(name = "add", description = "Makes a token, and shows it this once.")
  int add(
      @Parameters(paramLabel = "NAME", description = "Who is to have it.") String name,
      @Option(
              names = "--scope",
              required = true,
              paramLabel = "SCOPE",
              converter = Word.class,
              description = {
                "metrics:write: push metrics, and nothing else;",
                "flags: evaluate flags and report outcomes, and nothing else."
              })
          TokenScope scope) {
    if (!NotifyReader.NAME.matcher(name).matches()) {
      throw new HiveException(
          ErrorCode.BAD_USAGE,
          "\"" + name + "\" is no name of a token.",
          "Write letters, digits, . _ and -, 64 at most.");
    }
    var created = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    String token = store().add(name, scope, created);
    cli.answer(
        new Made(name, scope, created, token),
        token
            + "\nThis is the token "
            + name
            + ", for "
            + scope
            + ". Keep it: it is not shown again. It is sent as\n"
            + "Authorization: Bearer TOKEN, and ends with hivedeck token revoke "
            + name
            + ".");
    return HivedeckCommand.DONE;
  }

  @Command(name = "list", description = "Lists the tokens, never what they are.")
  int list() {
    var all = store().list();
    var table = new TextTable("Name", "Scope", "Made");
    all.forEach(t -> table.row(t.name(), t.scope(), t.created()));
    cli.answer(all, all.isEmpty() ? "There is no token." : table.toString());
    return HivedeckCommand.DONE;
  }

  @Command(name = "revoke", description = "Takes a token back: it opens nothing from then on.")
  int revoke(@Parameters(paramLabel = "NAME") String name) {
    if (!store().revoke(name)) {
      throw new HiveException(
          ErrorCode.NO_TOKEN, "There is no token " + name + ".", "hivedeck token list names them.");
    }
    cli.answer(Map.of("revoked", name), name + " opens nothing any more.");
    return HivedeckCommand.DONE;
  }
}
