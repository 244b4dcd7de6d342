package dev.hivedeck.app.cli.flag;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.rollout.TypedWeight;
import dev.hivedeck.app.cli.steer.SteerCommands;
import dev.hivedeck.engine.config.TextFile;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.flag.FlagCommand;
import dev.hivedeck.engine.protocol.flag.FlagQuery;
import dev.hivedeck.engine.protocol.flag.FlagViews.Flag;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Says who gets which variant of a feature flag. */
@Command(
    name = "flags",
    description =
        "Feature flags of the workspace: which variant of something who gets; without more words, "
            + "all of them.")
public final class FlagCommands implements Callable<Integer> {
  private static final int LARGEST = 4 << 20;

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @ParentCommand
  HivedeckCommand cli;

  @Override
  public Integer call() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var all = opened.list(new FlagQuery.Flags(), Flag.class);
      cli.answer(all, FlagText.list(all));
      return HivedeckCommand.DONE;
    }
  }

  @Command(name = "show", description = "How it stands: who gets what, and what was reported.")
  int show(@Parameters(paramLabel = "FLAG") String key) {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var flag = Json.as(opened.door().query(new FlagQuery.OneFlag(key)), Flag.class);
      cli.answer(flag, FlagText.show(flag));
      return HivedeckCommand.DONE;
    }
  }

  @Command(
      name = "export",
      description =
          "Prints all flags as flagd or Unleash reads them, with the shares that hold now. Keys"
              + " fall into other shares there: both have buckets of their own.")
  int export(
      @Option(
              names = "--to",
              paramLabel = "PROGRAM",
              defaultValue = "flagd",
              description = "flagd or unleash; flagd unless said.")
          FlagFormat to) {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var flags = opened.list(new FlagQuery.Flags(), Flag.class);
      var file = to == FlagFormat.FLAGD ? FlagdFile.of(flags) : UnleashFile.of(flags);
      cli.answer(file, file.toPrettyString());
      return HivedeckCommand.DONE;
    }
  }

  @Command(
      name = "import",
      description =
          "Prints flags: for hive.yaml from a file of flagd or Unleash. What hive.yaml cannot say"
              + " is refused by name, and nothing is printed.")
  int read(
      @Parameters(paramLabel = "FILE", description = "JSON of flagd, or of Unleash's clients.")
          Path file,
      @Option(
              names = "--from",
              paramLabel = "PROGRAM",
              defaultValue = "flagd",
              description = "flagd or unleash; flagd unless said.")
          FlagFormat from) {
    String text = TextFile.read(file, LARGEST, ErrorCode.IMPORT_INVALID);
    if (text == null) {
      throw new HiveException(
          ErrorCode.IMPORT_INVALID, "There is no file " + file + ".", "Check its name.");
    }
    var flags =
        from == FlagFormat.FLAGD
            ? new FlagdReader(file.toString(), text).flags()
            : new UnleashReader(file.toString(), text).flags();
    cli.answer(Json.object().set("flags", flags), FlagdReader.yaml(flags));
    return HivedeckCommand.DONE;
  }

  @Command(
      name = "set",
      description = "Gives a variant another share of keys, until hive.yaml says otherwise.")
  int set(
      @Parameters(paramLabel = "FLAG") String key,
      @Parameters(paramLabel = "PERCENT", description = "Such as 12.5.") String weight,
      @Option(
              names = "--variant",
              paramLabel = "NAME",
              description = "Which; not needed where there is one beside the default.")
          @Nullable String variant) {
    double percent = TypedWeight.parse(weight);
    return SteerCommands.send(
        cli,
        new FlagCommand.SetFlag(key, percent, variant),
        (variant == null ? key : variant + " of " + key) + " has " + percent + "%.");
  }

  @Command(name = "kill", description = "Everybody gets its default at once.")
  int kill(
      @Parameters(paramLabel = "FLAG") String key,
      @Option(names = "--because", paramLabel = "TEXT", description = "What for.")
          @Nullable String because) {
    return SteerCommands.send(
        cli,
        new FlagCommand.KillFlag(key, because),
        key + " is killed: everybody gets its default.");
  }

  @Command(name = "restore", description = "A flag that was killed is evaluated again.")
  int restore(@Parameters(paramLabel = "FLAG") String key) {
    return SteerCommands.send(cli, new FlagCommand.RestoreFlag(key), key + " is evaluated again.");
  }
}
