package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.protocol.merge.MergeMethod;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Work that is to come to main.
 *
 * @param head its last commit
 * @param method how it comes there
 * @param subject of the commit that is made of it
 * @param trailers by which main tells of it
 * @param base where it begins, of work that was made on top of other work; null where that is
 *     wherever it left main
 */
public record Incoming(
    String head,
    MergeMethod method,
    String subject,
    Map<String, String> trailers,
    @Nullable String base) {

  /** Of work that was made on top of main. */
  public Incoming(String head, MergeMethod method, String subject, Map<String, String> trailers) {
    this(head, method, subject, trailers, null);
  }
}
