package dev.hivedeck.engine.plan;

import dev.hivedeck.engine.git.diff.DiffFacts;
import dev.hivedeck.engine.git.survey.ChangeSurvey;
import dev.hivedeck.engine.protocol.view.ChangeViews.DescriptionSection;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * Whoever takes verified work further, in the same transaction that records the attempt's success.
 */
@FunctionalInterface
public interface VerifiedWorkHandler {
  void verified(Tx tx, Work work) throws SQLException;

  /**
   * What an attempt left that passed its gates.
   *
   * @param base the commit of main that it is compared with
   * @param risks why a person must approve it
   * @param facts of its diff
   * @param survey what it means to others
   * @param summary what its agent said last, or null
   * @param description what its agent said of it, section by section
   */
  record Work(
      String task,
      String title,
      String kind,
      String attempt,
      String agent,
      String branch,
      String base,
      String head,
      int files,
      int additions,
      int deletions,
      int commits,
      List<GateResult> gates,
      List<Risk> risks,
      DiffFacts facts,
      ChangeSurvey survey,
      String summary,
      Map<DescriptionSection, String> description) {
    public Work {
      description = Map.copyOf(description);
    }

    /** The same, of which its gates said that. */
    public Work with(List<GateResult> said) {
      return new Work(
          task,
          title,
          kind,
          attempt,
          agent,
          branch,
          base,
          head,
          files,
          additions,
          deletions,
          commits,
          said,
          risks,
          facts,
          survey,
          summary,
          description);
    }
  }
}
