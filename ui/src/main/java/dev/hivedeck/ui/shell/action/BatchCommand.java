package dev.hivedeck.ui.shell.action;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Sends commands for many things as one act: told once, and undone at once where that is known. */
public final class BatchCommand {
  private final ScreenContext context;

  public BatchCommand(ScreenContext context) {
    this.context = context;
  }

  /**
   * @param name what is done, for example "Try again"
   * @param undo takes each back, in the same order; empty where nothing does
   */
  public void send(String name, List<Command> commands, List<Command> undo) {
    var refusals = new ArrayList<HiveException.Fault>();
    var done = new ArrayList<Command>();
    var all = new ArrayList<CompletableFuture<?>>();
    for (int i = 0; i < commands.size(); i++) {
      var back = undo.isEmpty() ? null : undo.get(i);
      all.add(
          context
              .steering()
              .send(commands.get(i))
              .handle(
                  (_, failure) -> {
                    if (failure != null) {
                      refusals.add(ErrorMessages.of(failure));
                    } else if (back != null) {
                      done.add(back);
                    }
                    return null;
                  }));
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
        .thenRun(() -> tell(name, commands.size(), refusals, done));
  }

  private void tell(
      String name, int count, List<HiveException.Fault> refusals, List<Command> undo) {
    var texts = context.texts();
    int well = count - refusals.size();
    if (well > 0) {
      var words = texts.text("batch.done", name, well);
      if (undo.isEmpty()) {
        context.notices().say(words);
      } else {
        context.notices().done(words, () -> undo.forEach(context.steering()::execute));
      }
    }
    if (!refusals.isEmpty()) {
      var first = refusals.getFirst();
      context
          .notices()
          .failed(
              refusals.size() == 1
                  ? first
                  : new HiveException.Fault(
                      first.code(),
                      texts.text("batch.refused", texts.said(first.message()), refusals.size() - 1),
                      first.hint()));
    }
  }
}
