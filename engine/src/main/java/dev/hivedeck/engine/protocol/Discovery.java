package dev.hivedeck.engine.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.hivedeck.engine.protocol.view.Word;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What could work here: the command line agents of this machine, the definitions in a repository.
 */
public final class Discovery {
  private Discovery() {}

  /** How a command line agent stands, the best first. */
  public enum CliState implements Word {
    /** It runs; whether it is signed in is known to be so, or not to be seen. */
    READY,
    SIGNED_OUT,
    OUTDATED,
    /** It is there but does not tell its version. */
    BROKEN,
    MISSING;

    @JsonCreator
    public static CliState of(String word) {
      return Word.parse(CliState.class, word);
    }
  }

  /** What can be seen of a sign-in without asking anybody. */
  public enum SignIn implements Word {
    YES,
    NO,
    UNKNOWN;

    @JsonCreator
    public static SignIn of(String word) {
      return Word.parse(SignIn.class, word);
    }
  }

  /**
   * A command line agent that Hivedeck knows; {@code id} is the program's name.
   *
   * @param name as people say it
   * @param path of the program, or null when it is not on the PATH
   * @param version what it says it is, or null
   * @param evidence what tells of its sign-in, such as the name of a file or variable; never what
   *     is in it
   * @param driver that an agent of it would have
   * @param run the command line that an agent of it would have, or null when its driver knows
   * @param format whose events that command line prints, or null
   * @param pass names of the variables that its sign-in needs
   * @param remedy what to do, or null when it is ready
   */
  public record Cli(
      String id,
      String name,
      CliState state,
      @Nullable String path,
      @Nullable String version,
      SignIn signIn,
      @Nullable String evidence,
      String driver,
      @Nullable String run,
      @Nullable String format,
      List<String> pass,
      @Nullable String remedy) {
    /** The less, the sooner it is proposed. */
    public int rank() {
      boolean ready = state == CliState.READY;
      return ready && signIn == SignIn.YES ? 0 : ready ? 1 : 2;
    }
  }

  /**
   * @param at when this was looked at
   */
  public record Clis(List<Cli> clis, Instant at) {}

  /** What an agent is for. */
  public enum Category implements Word {
    CORE,
    TESTING,
    AUTOMATION,
    WORKFLOW,
    CODE_QUALITY,
    MONITORING,
    AI,
    INFRASTRUCTURE,
    SECURITY;

    @Override
    public String word() {
      return Word.kebab(this);
    }

    @JsonCreator
    public static Category of(String word) {
      return Word.parse(Category.class, word.replace('-', '_'));
    }
  }

  /** In what form a definition is written. */
  public enum Form implements Word {
    CLAUDE,
    CODEX,
    OPENCODE,
    GEMINI,
    COPILOT,
    AGENTS_MD,
    SCRIPT;

    @Override
    public String word() {
      return Word.kebab(this);
    }

    @JsonCreator
    public static Form of(String word) {
      return Word.parse(Form.class, word.replace('-', '_'));
    }
  }

  /** Whether a definition can be imported. */
  public enum Standing implements Word {
    NEW,
    /** An agent in {@code hive.yaml} was made of it. */
    IMPORTED,
    /** Another agent in {@code hive.yaml} has its name. */
    TAKEN;

    @JsonCreator
    public static Standing of(String word) {
      return Word.parse(Standing.class, word);
    }
  }

  /**
   * A definition found in the repository, as the agent it would become.
   *
   * @param id its file, relative to the repository; followed by {@code #} and its name when the
   *     file holds several
   * @param name that the agent would have; differs from what the definition says where that is no
   *     good name or another has it
   * @param reason why it is in its category
   * @param role one sentence
   * @param run what would run, or null when its driver knows
   * @param args what its driver would add
   * @param model as the definition says, or null
   * @param owns patterns of the paths it would be held to; empty for all
   * @param pass names of the variables passed on to it
   * @param agent the agent made of it, or with its name; null when new
   * @param note what to know before it is imported, or null
   */
  public record Definition(
      String id,
      String name,
      Form form,
      String file,
      Category category,
      String reason,
      String role,
      String driver,
      @Nullable String run,
      @Nullable String format,
      List<String> args,
      @Nullable String model,
      List<String> owns,
      List<String> pass,
      Standing standing,
      @Nullable String agent,
      @Nullable String note) {}

  /**
   * A file that looks like a definition and is none.
   *
   * @param line from 1; 0 when it is about the whole file
   */
  public record Trouble(String file, int line, String text, String remedy) {}

  /** Everything found, in the order of categories and names. */
  public record Definitions(List<Definition> definitions, List<Trouble> troubles) {}

  /**
   * What an import wrote.
   *
   * @param file relative to the repository
   * @param from the first line written, from 1; 0 when there was nothing to write
   * @param to the last line written
   * @param added names of the new agents
   * @param kept ids of definitions that were there already
   */
  public record Imported(String file, int from, int to, List<String> added, List<String> kept) {}
}
