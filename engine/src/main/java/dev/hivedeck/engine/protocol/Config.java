package dev.hivedeck.engine.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code hive.yaml} as it is read, and edited, through the engine. */
public final class Config {
  private Config() {}

  /**
   * The file as it is now.
   *
   * @param file relative to the repository
   * @param text null where there is none
   * @param digest of the text, which an edit names
   * @param values what it says, key by key; empty where it cannot be read as YAML
   * @param problems what is wrong with it, each with its place; empty when it is valid
   * @param proposal what a first one could be; null where there is one
   */
  public record Source(
      String file,
      @Nullable String text,
      String digest,
      JsonNode values,
      List<String> problems,
      @Nullable String proposal) {}

  /**
   * A first file for a repository that has none, and what it goes by.
   *
   * @param file relative to the repository
   * @param text all of it; valid as it stands, its reasons as comments
   * @param lines the same, one by one
   * @param digest of the text that there is now, which a writer names
   * @param found what lies in the repository, as far as it counts for this
   * @param ideas what a first task could be; empty where nothing offers itself
   */
  public record Proposal(
      String file,
      String text,
      List<ProposedLine> lines,
      String digest,
      List<Finding> found,
      List<TaskIdea> ideas) {}

  /**
   * A line of a first file.
   *
   * @param text without its reason
   * @param reason what says so; null where it needs none
   * @param guess whether nothing in the repository says it
   */
  public record ProposedLine(String text, @Nullable String reason, boolean guess) {
    /** As it stands in the file. */
    public String whole() {
      return reason == null ? text : text.isBlank() ? "# " + reason : text + "   # " + reason;
    }
  }

  /**
   * Something in a repository.
   *
   * @param kind {@code languages}, {@code builds}, {@code tests}, {@code ci}, {@code owners},
   *     {@code instructions}, {@code tools}, {@code size}, {@code extras}, or {@code note} for what
   *     is worth a look
   * @param text what of it
   */
  public record Finding(String kind, String text) {}

  /**
   * What the code itself asks for.
   *
   * @param title as it stands there
   * @param place its file and line
   */
  public record TaskIdea(String title, String place) {}

  /**
   * One value that is to be another.
   *
   * @param at the JSON pointer (RFC 6901) of its place: {@code /agents/codex/parallel}
   * @param value what is to stand there; null takes the key out
   */
  public record Change(String at, @Nullable JsonNode value) {
    public Change {
      value = value == null || value.isNull() || value.isMissingNode() ? null : value;
    }
  }

  /**
   * What an edit would come to.
   *
   * @param digest of the text that it was tried on
   * @param diff of the file
   * @param problems why it is refused as it stands, each with its place; empty when it is not
   * @param consent what a person would be asked to consent to afterwards; null while there are
   *     problems
   */
  public record Preview(
      String digest,
      Query.FileDiffs diff,
      List<String> problems,
      WorkspaceViews.@Nullable Consent consent) {}

  /**
   * What an edit wrote.
   *
   * @param file relative to the repository
   * @param digest of the text that is there now
   * @param trusted whether all of it is in force; else a person has to consent first
   */
  public record Edited(String file, String digest, boolean trusted) {}

  /**
   * What an import of objectives would come to.
   *
   * @param taken in the order of the text
   * @param left what is not taken over, by line; while an objective is among it an import is
   *     refused that does not say to skip those
   * @param changes of {@code hive.yaml}
   * @param preview of those changes
   */
  public record Import(List<Taken> taken, List<Left> left, List<Change> changes, Preview preview) {}

  /**
   * An objective of others.
   *
   * @param name in {@code hive.yaml}
   * @param format {@code openslo}, {@code sloth}, {@code pyrra} or {@code prometheus}
   * @param line of the text, where it begins
   * @param state {@code new}, {@code changed}, or {@code same} where {@code hive.yaml} says it
   *     already
   */
  public record Taken(String name, String format, int line, String state) {}

  /**
   * Something that is not taken over.
   *
   * @param line of the text
   * @param objective its name, empty where it is of none
   * @param key what of it; empty where it is the whole objective
   * @param why with what to do
   */
  public record Left(int line, String objective, String key, String why) {}
}
