package dev.hivedeck.engine.forge;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that was said on a pull request.
 *
 * @param id of its node, the same for good
 * @param trusted whether its author may write to the repository
 * @param own whether the token's own account said it
 * @param file null where it is about the whole
 * @param line of the new side; 0 for none
 * @param answers id of the one that began its thread; null for that one, and where there is none
 * @param resolved whether that thread is settled
 * @param thread id of the thread, by which it is answered and settled; null where there is none
 */
public record RemoteNote(
    String id,
    String author,
    boolean trusted,
    boolean own,
    @Nullable String file,
    int line,
    String text,
    @Nullable String answers,
    boolean resolved,
    Instant at,
    @Nullable String thread) {}
