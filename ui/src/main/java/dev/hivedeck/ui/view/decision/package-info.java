/**
 * Questions to a person: what is asked, by whom, until when, and what was answered. It shows and
 * answers; what an answer leads to is the engine's.
 */
package dev.hivedeck.ui.view.decision;
