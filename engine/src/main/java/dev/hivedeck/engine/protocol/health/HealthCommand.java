package dev.hivedeck.engine.protocol.health;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.ChangeViews;

/** What a person does with what speaks against merging a change. */
public sealed interface HealthCommand extends Command {

  /**
   * Lets be what speaks against merging a change, for as long as the change says the same. Answer:
   * {@link ChangeViews.Change}.
   *
   * @param id of the change
   * @param code of the obstacle, as the verdict of the change names it
   * @param because why; kept with the change and in the audit
   */
  @JsonTypeName("change.clear")
  record Clear(String id, String code, String because) implements HealthCommand {}

  /**
   * Takes that back. Answer: {@link ChangeViews.Change}.
   *
   * @param id of the change
   * @param code as it was cleared by
   */
  @JsonTypeName("change.unclear")
  record Unclear(String id, String code) implements HealthCommand {}

  /**
   * Says a part of the description of a change; what was said of it before is replaced. Answer:
   * {@link ChangeViews.Change}.
   *
   * @param id of the change
   * @param text nothing where it is to be missing again
   */
  @JsonTypeName("change.describe")
  record Describe(String id, ChangeViews.DescriptionSection section, String text)
      implements HealthCommand {}
}
