package dev.hivedeck.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What a list of commands says of each is a whole sentence. */
class HelpTest {
  private static List<CommandLine> all(CommandLine command) {
    var all = new ArrayList<>(List.of(command));
    command.getSubcommands().values().forEach(sub -> all.addAll(all(sub)));
    return all;
  }

  @Test
  void noListCutsASentence() {
    for (var command : all(Commands.model())) {
      var description = command.getCommandSpec().usageMessage().description();
      if (description.length > 0) { // lists show the first part of it
        assertThat(description[0])
            .as(command.getCommandSpec().qualifiedName())
            .matches("(?s).*[.:?]");
      }
    }
    assertThat(Commands.model().getUsageMessage().replaceAll("\\s+", " "))
        .contains("so that changes are pull requests; without more words, how it stands");
  }
}
