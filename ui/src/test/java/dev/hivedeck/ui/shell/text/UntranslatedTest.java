package dev.hivedeck.ui.shell.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * What the engine says of objectives, alerts, notifications, metrics, secrets and releases has a
 * German line: the texts of its errors are found in its sources, and said in German.
 */
class UntranslatedTest {
  private static final Path ENGINE = Path.of("../engine/src/main/java/dev/hivedeck/engine");

  /** Packages and files whose errors reach a desktop. */
  private static final List<String> TOLD =
      List.of(
          "slo",
          "notify",
          "metric/promql",
          "metric/query",
          "metric/exchange/PushReader.java",
          "security/secret",
          "upgrade",
          "security/SecretStore.java",
          "security/SecretLookup.java",
          "Objectives.java",
          "Notifications.java");

  /** What makes an error of a reason, which comes last. */
  private static final Set<String> REASONS =
      Set.of("invalid", "failed", "cannot", "unsupported", "wrong", "BadSample", "BadPoint");

  /** What stands for a part that differs. */
  private static final String DIFFERS = "Qx";

  private static final Pattern FORMAT = Pattern.compile("%(?:\\.\\d)?([sdf])");

  private static final EngineTranslations GERMAN = new EngineTranslations(Locale.GERMAN);

  /** Gathers the texts of errors. */
  private static final class Errors extends TreeScanner<Void, Void> {
    private final List<String> texts = new ArrayList<>();

    /** What stands within such a text. */
    private final List<String> parts = new ArrayList<>();

    @Override
    public Void visitNewClass(NewClassTree made, Void none) {
      var arguments = made.getArguments();
      String type = made.getIdentifier().toString();
      if (type.equals("HiveException")) {
        arguments.stream().skip(1).limit(2).forEach(said -> add(said, texts));
      } else if (REASONS.contains(type)) {
        add(arguments.getLast(), parts);
      }
      return super.visitNewClass(made, none);
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree call, Void none) {
      if (!call.getArguments().isEmpty() && REASONS.contains(call.getMethodSelect().toString())) {
        add(call.getArguments().getLast(), parts);
      }
      return super.visitMethodInvocation(call, none);
    }

    private static void add(ExpressionTree argument, List<String> into) {
      for (String text : texts(argument)) {
        // What is another's message as a whole has a line where that is made.
        if (text.replaceAll(DIFFERS + "|\\P{L}", "").length() > 2) {
          into.add(text);
        }
      }
    }

    /** All texts that an expression may come to, with {@link #DIFFERS} for what is not known. */
    private static List<String> texts(Tree tree) {
      return switch (tree) {
        case LiteralTree literal when literal.getKind() == Tree.Kind.STRING_LITERAL ->
            List.of((String) literal.getValue());
        case LiteralTree literal -> List.of(String.valueOf(literal.getValue()));
        case ParenthesizedTree inner -> texts(inner.getExpression());
        case ConditionalExpressionTree either -> {
          var both = new ArrayList<>(texts(either.getTrueExpression()));
          both.addAll(texts(either.getFalseExpression()));
          yield both;
        }
        case BinaryTree sum when sum.getKind() == Tree.Kind.PLUS -> {
          var all = new ArrayList<String>();
          for (String left : texts(sum.getLeftOperand())) {
            for (String right : texts(sum.getRightOperand())) {
              all.add(left + right);
            }
          }
          yield all;
        }
        case MethodInvocationTree call
            when call.getMethodSelect() instanceof MemberSelectTree of
                && of.getIdentifier().contentEquals("formatted") ->
            texts(of.getExpression()).stream()
                .map(
                    text ->
                        FORMAT
                            .matcher(text)
                            .replaceAll(
                                m ->
                                    Matcher.quoteReplacement(
                                        m.group(1).equals("s") ? DIFFERS : "7"))
                            .replace("%%", "%"))
                .toList();
        default -> List.of(DIFFERS);
      };
    }
  }

  private static List<Path> sources() throws IOException {
    var sources = new ArrayList<Path>();
    for (String told : TOLD) {
      try (var files = Files.walk(ENGINE.resolve(told))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    return sources;
  }

  @Test
  void everyErrorThatADesktopShowsHasAGermanLine() throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var errors = new Errors();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, List.of(), null, files.getJavaFileObjectsFromPaths(sources()));
      task.parse().forEach(unit -> errors.scan(unit, null));
    }
    assertThat(errors.texts).hasSizeGreaterThan(100);
    assertThat(errors.parts).hasSizeGreaterThan(50);
    var english = new TreeSet<String>();
    for (String text : errors.texts) {
      String number = text.replace(DIFFERS, "7");
      if (GERMAN.of(text).equals(text) && GERMAN.of(number).equals(number)) {
        english.add(text);
      }
    }
    for (String part : errors.parts) {
      String number = part.replace(DIFFERS, "7");
      if (GERMAN.within(part).equals(part) && GERMAN.within(number).equals(number)) {
        english.add("~ " + part);
      }
    }
    assertThat(english).as("add a line to engine_de.txt").isEmpty();
  }
}
