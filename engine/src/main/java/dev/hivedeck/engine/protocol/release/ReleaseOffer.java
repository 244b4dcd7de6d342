package dev.hivedeck.engine.protocol.release;

import dev.hivedeck.engine.protocol.view.Word;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * The latest release of a channel, beside what is installed.
 *
 * @param notes what changes for whoever uses it, in Markdown
 * @param pack its package for this system; null where it has none
 */
public record ReleaseOffer(
    String installed,
    ReleaseChannel channel,
    String version,
    LocalDate date,
    Relation relation,
    String notes,
    @Nullable ReleasePackage pack) {
  /** How a release stands to the version that is installed. */
  public enum Relation implements Word {
    NEWER,
    SAME,
    OLDER
  }

  /** Whether it is worth to be installed: nothing goes back. */
  public boolean newer() {
    return relation == Relation.NEWER;
  }
}
