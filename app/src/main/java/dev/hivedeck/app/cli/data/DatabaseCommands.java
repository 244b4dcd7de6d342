package dev.hivedeck.app.cli.data;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.permission.PermissionPolicy;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.PermissionViews.PermissionRule;
import dev.hivedeck.engine.security.WorkspaceLock;
import dev.hivedeck.engine.store.Backups;
import dev.hivedeck.engine.store.DatabaseRecovery;
import dev.hivedeck.engine.store.ReadOnlyLedger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** The database of a workspace: copied, put back, checked. */
public final class DatabaseCommands {
  private DatabaseCommands() {}

  private static Path database(HivedeckCommand cli) {
    return database(cli, false);
  }

  /**
   * @param copied whether copies of it are enough
   */
  private static Path database(HivedeckCommand cli, boolean copied) {
    Path file = EngineAccess.folder(cli.workspace()).resolve(Engine.DATABASE);
    if (!Files.exists(file) && (!copied || backups(file).list().isEmpty())) {
      throw new HiveException(
          ErrorCode.NO_DATABASE,
          "There is no database for this workspace yet: " + file,
          "hivedeck plan import makes one.");
    }
    return file;
  }

  private static Backups backups(Path database) {
    return new Backups(database, Clock.systemUTC());
  }

  private static final String RESTS =
      "\nThe hive is paused. Compare with the repository (hivedeck doctor), then start it.";

  private static String kept(Optional<Path> former) {
    return former.map(f -> "\nThe former database is kept as " + f).orElse("");
  }

  /** Copies it, also while an engine works. */
  @Command(name = "backup", description = "Copy the database, also while the engine works.")
  public static final class Copy implements Callable<Integer> {
    @ParentCommand HivedeckCommand cli;

    @Parameters(
        arity = "0..1",
        paramLabel = "FILE",
        description = "Where to; default: beside the daily ones.")
    Path file;

    @Override
    public Integer call() {
      Path database = database(cli);
      Path made;
      if (file == null) {
        made = backups(database).make(Integer.MAX_VALUE).file();
      } else {
        made = file.toAbsolutePath().normalize();
        backups(database).copy(made);
      }
      long bytes = made.toFile().length();
      cli.answer(
          HivedeckCommand.object("file", made.toString(), "bytes", bytes),
          "Copied to %s (%d kB).".formatted(made, bytes / 1024));
      return HivedeckCommand.DONE;
    }
  }

  /** Lists them. */
  @Command(name = "backups", description = "The copies that are kept, the newest first.")
  public static final class Copies implements Callable<Integer> {
    @ParentCommand HivedeckCommand cli;

    @Override
    public Integer call() {
      var all = backups(database(cli)).list();
      var textTable = new TextTable("File", "At", "kB");
      all.forEach(b -> textTable.row(b.file(), b.at(), b.bytes() / 1024));
      cli.answer(
          all.stream()
              .map(
                  b ->
                      HivedeckCommand.object(
                          "file", b.file().toString(), "at", b.at().toString(), "bytes", b.bytes()))
              .toList(),
          all.isEmpty() ? "None yet; the engine makes one a day." : textTable.toString());
      return HivedeckCommand.DONE;
    }
  }

  /** Puts one back. */
  @Command(name = "restore", description = "Put a copy in the place of the database.")
  public static final class Restore implements Callable<Integer> {
    @ParentCommand HivedeckCommand cli;

    @Parameters(paramLabel = "FILE")
    Path file;

    @Override
    public Integer call() {
      Path database = EngineAccess.folder(cli.workspace()).resolve(Engine.DATABASE);
      Path backup = file.toAbsolutePath().normalize();
      try (var _ = WorkspaceLock.acquire(database.getParent())) {
        var former = backups(database).restore(backup);
        var answer = new LinkedHashMap<String, Object>();
        answer.put("restored", backup.toString());
        former.ifPresent(f -> answer.put("former", f.toString()));
        var rules = rules(database);
        answer.put("permissions", rules);
        cli.answer(answer, "Restored " + backup + kept(former) + told(rules) + RESTS);
      }
      return HivedeckCommand.DONE;
    }

    private static List<PermissionRule> rules(Path database) {
      try (var ledger = ReadOnlyLedger.open(database)) {
        return ledger.read(PermissionPolicy::all);
      }
    }

    /** They answer in a person's place, so a person is told of them. */
    private static String told(List<PermissionRule> rules) {
      if (rules.isEmpty()) {
        return "";
      }
      var textTable = new TextTable("Rule", "Agents", "", "Tool", "What");
      rules.forEach(
          rule ->
              textTable.row(
                  rule.id(),
                  rule.agent() == null ? "all" : rule.agent(),
                  rule.allow() ? "may" : "may not",
                  rule.tool(),
                  rule.what()));
      return "\n"
          + "These rules of what agents may do came with it; hivedeck permission remove"
          + " takes one back.\n"
          + textTable;
    }
  }

  /** Finds a way out of a damaged file. */
  @Command(
      name = "recover",
      description = {
        "Put the newest sound copy in the place of a damaged database.",
        "It brings the record of what came later, and tells what else can still be read."
      })
  public static final class Recover implements Callable<Integer> {
    /** Differences that a screen has room for. */
    private static final int SHOWN = 40;

    @ParentCommand HivedeckCommand cli;

    @Override
    public Integer call() {
      Path database = database(cli, true);
      if (Files.exists(database) && Backups.check(database).isEmpty()) {
        cli.answer(
            HivedeckCommand.object("database", "ok"), "The database is sound, nothing was done.");
        return HivedeckCommand.DONE;
      }
      try (var _ = WorkspaceLock.acquire(database.getParent())) {
        if (backups(database).finish() && Backups.check(database).isEmpty()) {
          cli.answer(
              HivedeckCommand.object("database", "ok", "finished", true),
              "A restore had been cut off; it is finished, and the database is sound.");
          return HivedeckCommand.DONE;
        }
        Path copy =
            backups(database)
                .newestSound()
                .orElseThrow(
                    () ->
                        new HiveException(
                            ErrorCode.NO_BACKUP,
                            "The database is damaged and there is no sound backup of it.",
                            "Move "
                                + database
                                + " aside and import the plan again: finished work is safe on main"
                                + " and under refs/hivedeck/kept."))
                .file();
        var recovery = backups(database).recover(copy);
        var answer = new LinkedHashMap<String, Object>();
        answer.put("restored", copy.toString());
        recovery.former().ifPresent(f -> answer.put("former", f.toString()));
        answer.put("list", recovery.list().toString());
        answer.put("salvage", recovery.salvage());
        cli.answer(
            answer,
            "Restored "
                + copy
                + kept(recovery.former())
                + told(recovery.salvage())
                + "\nAll of this, with what is in each: "
                + recovery.list()
                + RESTS);
      }
      return HivedeckCommand.DONE;
    }

    /** Plainly: what is back, what a person has to see to, what is gone. */
    private static String told(DatabaseRecovery.Report report) {
      var text = new StringBuilder("\n");
      text.append(
          "From the damaged one, %s and %s are put back, for the record.\n"
              .formatted(
                  Plural.of(report.events(), "later event"),
                  Plural.of(report.comments(), "comment")));
      if (report.lost() > 0) {
        text.append(
            "%s between them could not be read.\n".formatted(Plural.of(report.lost(), "event")));
      }
      report.unreadable().forEach(what -> text.append("Not read: ").append(what).append('\n'));
      if (!report.newer().isEmpty()) {
        text.append("It stands otherwise there, which is not put back; you decide:\n");
        var textTable = new TextTable("What", "In the copy", "In the damaged one");
        report.newer().stream()
            .limit(SHOWN)
            .forEach(
                d ->
                    textTable.row(
                        d.kind() + " " + d.name(),
                        d.copy() == null ? "(not there)" : d.copy(),
                        d.damaged()));
        text.append(textTable);
        if (report.newer().size() > SHOWN) {
          text.append("\n… and %d more".formatted(report.newer().size() - SHOWN));
        }
      }
      return text.toString().stripTrailing();
    }
  }

  /** Looks for damage. */
  @Command(name = "check", description = "Check the database: pages, references, outbox, rows.")
  public static final class Check implements Callable<Integer> {
    @ParentCommand HivedeckCommand cli;

    @Override
    public Integer call() {
      Path database = database(cli);
      var wrong = Backups.check(database);
      cli.answer(
          HivedeckCommand.object(
              "database",
              wrong.isEmpty() ? "ok" : "damaged",
              "file",
              database.toString(),
              "bytes",
              database.toFile().length(),
              "wrong",
              wrong),
          wrong.isEmpty()
              ? "The database is sound: %s, %d kB."
                  .formatted(database, database.toFile().length() / 1024)
              : "The database is damaged:\n  "
                  + String.join("\n  ", wrong)
                  + "\nhivedeck recover puts the newest sound backup in its place.");
      return wrong.isEmpty() ? HivedeckCommand.DONE : HivedeckCommand.FAILED;
    }
  }
}
