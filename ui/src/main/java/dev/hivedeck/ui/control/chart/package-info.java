/** Small charts: the graph of tasks, the stages of one. They draw what they are given. */
package dev.hivedeck.ui.control.chart;
