package dev.hivedeck.engine.protocol.alternative;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Command;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a person does with alternatives. Each answers {@link AlternativeViews.Comparison}. */
public sealed interface AlternativeCommand extends Command {

  /**
   * Gives a task to more agents; each does it by itself, and none of them merges before one was
   * chosen.
   *
   * @param id of the task, or of one of its alternatives
   * @param agents one more alternative for each
   */
  @JsonTypeName("alternative.add")
  record Add(String id, List<String> agents) implements AlternativeCommand {
    public Add {
      agents = agents == null ? List.of() : List.copyOf(agents);
    }
  }

  /**
   * Takes one on its way to main and closes the others, whose work is kept. Also where another was
   * chosen, as long as that is not on main.
   *
   * @param id of the change, or of its task
   * @param head what the person saw; null for whatever it is now
   */
  @JsonTypeName("alternative.choose")
  record Choose(String id, @Nullable String head) implements AlternativeCommand {}

  /**
   * Takes a choice back, as long as nothing is merged: those that it closed are open again.
   *
   * @param id of the task, or of one of its alternatives
   */
  @JsonTypeName("alternative.undo")
  record Undo(String id) implements AlternativeCommand {}
}
