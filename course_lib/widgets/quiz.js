// The quiz: native radio buttons. The page holds no answers; Python sends a verdict for a choice that was made.
export const PATIENCE = 4000;                               // ms to wait for Python before saying that it does not answer
let quizzes = 0;

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Quiz', python: true });
  const { t, make } = ui, group = `cw-quiz-${quizzes += 1}`;
  ui.root.classList.add('cw-quiz');
  ui.controls.parentElement.append(ui.controls);             // the questions come first, for the eye and for the Tab key
  let cards = [], built = null, pending = {}, waiting = 0;

  const silent = make('p', { className: 'cw-note', hidden: true, textContent: t('Python does not answer. Run this cell again, then choose once more.') });
  silent.setAttribute('role', 'alert');
  function answer(i, choice) {
    delete pending[i];
    const answers = [...model.get('answers')];
    if (answers[i] === choice) { ui.ask(); return; }
    answers[i] = choice;
    ui.set({ answers });
    clearTimeout(waiting); waiting = setTimeout(() => { silent.hidden = false; }, PATIENCE);
  }
  function card(question, i) {
    const set = make('fieldset'), verdict = make('p', { className: 'cw-verdict' });
    verdict.setAttribute('aria-live', 'polite');
    set.append(make('legend', { textContent: `${i + 1}. ${question.text}` }));
    const radios = question.choices.map((text, j) => {
      const input = make('input', { type: 'radio', name: `${group}-${i}`, value: j });
      // Arrow keys move the choice of a radio group; only a click, Enter or Space answers.
      input.addEventListener('keydown', e => {
        if (e.key.startsWith('Arrow')) pending[i] = j;
        if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); input.checked = true; answer(i, j); }
      });
      input.addEventListener('change', () => { if (i in pending) { pending[i] = j; ui.ask(); } else answer(i, j); });
      input.addEventListener('pointerdown', () => { delete pending[i]; });
      const label = make('label', { className: 'cw-choice' }, input, make('span', { textContent: text }));
      label.addEventListener('pointerdown', () => { delete pending[i]; });
      set.append(label);
      return input;
    });
    const check = make('button', { type: 'button', textContent: t('Answer (Enter)'), hidden: true });
    check.addEventListener('click', () => { if (!(i in pending)) return; radios[pending[i]].focus(); answer(i, pending[i]); });
    set.append(check, verdict);
    return { set, radios, verdict, check };
  }
  const again = ui.button(t('Try again'), () => { pending = {}; ui.set({ answers: model.get('questions').map(() => -1) }); cards[0].radios[0].focus(); }, { key: 'again' });
  const goal = ui.goal('');
  const goalText = ui.controls.querySelector('.cw-goal span:last-child');

  ui.draw(() => {
    const questions = model.get('questions'), answers = model.get('answers'), feedback = model.get('feedback'), score = model.get('score');
    if (built !== questions) {
      built = questions; pending = {};
      cards = questions.map(card);
      ui.stage.replaceChildren(...cards.map(c => c.set), silent);
    }
    cards.forEach(({ radios, verdict, check }, i) => {
      const told = feedback[i] || {}, asked = i in pending;
      radios.forEach((input, j) => { const on = asked ? pending[i] === j : answers[i] === j; if (input.checked !== on) input.checked = on; });
      check.hidden = !asked;
      const known = !asked && told.why !== undefined && told.choice === answers[i];
      verdict.className = 'cw-verdict' + (known ? (told.right ? ' cw-right-choice' : ' cw-wrong-choice') : '');
      const head = known ? (told.right ? t('✓ Right.') : t('✗ Not this one.')) : '', text = known ? head + ' ' + told.why : '';
      if (verdict.textContent !== text) verdict.replaceChildren(...(known ? [make('b', { textContent: head }), ' ' + told.why] : []));
    });
    again.disabled = !answers.some(a => a >= 0);
    const enough = t('{0} of {1} right at the first choice', score.enough, score.count);
    if (goalText && goalText.textContent !== enough) goalText.textContent = enough;
    goal(score.right >= score.enough);
    ui.say(score.answered === 0 ? t('{0} questions. Your first choice counts; then you may read the reasons of the others.', score.count)
      : score.answered < score.count ? t('{0} of {1} right at the first choice so far, {2} to go.', score.right, score.answered, score.count - score.answered)
        : t('{0} of {1} right at the first choice.', score.right, score.count) + (score.note ? ' ' + score.note : ''));
  });
  ui.on(['feedback'], () => { clearTimeout(waiting); silent.hidden = true; });
  ui.on(['answers', 'questions', 'feedback', 'score', 'chapter'], ui.ask);
  return () => { clearTimeout(waiting); ui.end(); };
}
export default { render };
