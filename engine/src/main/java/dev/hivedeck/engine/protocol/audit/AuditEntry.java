package dev.hivedeck.engine.protocol.audit;

import dev.hivedeck.engine.protocol.Sender.EntryPoint;
import dev.hivedeck.engine.protocol.view.View;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One command that somebody sent, and what became of it.
 *
 * @param who {@code you}, or the attempt whose agent sent it
 * @param entryPoint where it came in
 * @param command its word
 * @param about the id or name that it is about; null where it is about none
 * @param error the code of the error with which it was refused; null when it was carried out
 * @param message why it was refused; null when it was carried out
 * @param fields what it said, as JSON; secrets are masked, long texts are cut
 * @param correlation of the events that it caused
 */
public record AuditEntry(
    String id,
    Instant at,
    String who,
    EntryPoint entryPoint,
    String command,
    @Nullable String about,
    @Nullable String error,
    @Nullable String message,
    String fields,
    String correlation)
    implements View {

  /** Whether it was refused, and changed nothing. */
  public boolean refused() {
    return error != null;
  }
}
