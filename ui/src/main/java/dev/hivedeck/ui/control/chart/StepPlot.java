package dev.hivedeck.ui.control.chart;

/** What is drawn step by step. */
interface StepPlot {
  /** Over which time. */
  StepSpan span();

  /** The same in words. */
  String alt();
}
