/**
 * What failed again and again, and what helped: a person reads, words and decides what agents are
 * told.
 */
package dev.hivedeck.ui.view.lesson;
