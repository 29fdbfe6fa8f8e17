package voice

import (
	"strings"
	"testing"
)

func TestSpell(t *testing.T) {
	for _, row := range []struct{ lang, text, want string }{
		{"zh-CN", "这里是 12348", "这里是 幺二三四八"},
		{"zh-CN", "打 110 或 120", "打 幺幺零 或 幺二零"},
		{"zh-CN", "12355、12356", "幺二三五五、幺二三五六"},
		{"zh-CN", "请按 1", "请按 一"},
		{"zh-CN", "按 0", "按 零"},
		{"zh-CN", "24 小时", "二十四 小时"},
		{"zh-CN", "10、12、100、105、1200、2026", "十、十二、一百、一百零五、一千二百、二千零二十六"},
		{"zh-CN", "第 007 号", "第 七 号"},
		{"zh-CN", "13800138000", "幺三八零零幺三八零零零"},
		{"yue", "打 110 去 12348", "打 一一零 去 一二三四八"},
		{"yue", "24 小時", "二十四 小時"},
		{"en", "call 110 or 12356", "call 1 1 0 or 1 2 3 5 6"},
		{"en", "within 24 hours, up to 3,000 yuan", "within 24 hours, up to 3,000 yuan"},
	} {
		if got := spell(row.lang, row.text); got != row.want {
			t.Errorf("%s %s: %s, want %s", row.lang, row.text, got, row.want)
		}
	}
}

func TestReadingsLongestWordWins(t *testing.T) {
	r := Readings{"zh-CN": {"调": "diao4", "调解": "tiao2jie3", "解": "jie3"}}
	for text, want := range map[string]string{
		"人民调解。":  "人民 tiao2jie3 。",
		"调调解":    " diao4  tiao2jie3 ",
		"解":      " jie3 ",
		"无":      "无",
		"":       "",
		"a调\xff": "a diao4 \xff",
	} {
		if got := r.Apply("zh-CN", text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if got := r.Apply("en", "调解"); got != "调解" {
		t.Errorf("another language: %q", got)
	}
}

func TestScript(t *testing.T) {
	r := Readings{"zh-CN": {"调解": "tiao2jie3"}}
	for _, row := range []struct{ text, want string }{
		{"您好。", "您好。"},
		{"按 1 调解", "按 一  tiao2jie3"},
		{"吸气…停……呼气", "吸气 700ms 停 1.4s 呼气"},
		{"吸气…。", "吸气 700ms"},
		{"…", "180ms"},
	} {
		if got := written(r.script(Line{Lang: "zh-CN", Text: row.text})); got != row.want {
			t.Errorf("%s: %s, want %s", row.text, got, row.want)
		}
	}
}

func TestShippedReadings(t *testing.T) {
	r, err := ShippedReadings()
	if err != nil {
		t.Fatal(err)
	}
	for lang, words := range r {
		for word, said := range words {
			if strings.TrimSpace(said) == "" || strings.ContainsAny(word, " .,") {
				t.Errorf("%s: %q is read as %q", lang, word, said)
			}
		}
	}
	if got := r.Apply("yue", "聽日聽電話"); got != " ting1jat6  teng1  din6waa2 " {
		t.Errorf("聽日聽電話 is read %q", got)
	}
}

func TestPausesAtTheEnds(t *testing.T) {
	if got := written(Readings{}.script(Line{Lang: "en", Text: "……Hello"})); got != "Hello" {
		t.Errorf("%q", got)
	}
}

// written is a script for reading: words and pauses in turn.
func written(script []stretch) string {
	var all []string
	for _, st := range script {
		if st.words != "" {
			all = append(all, st.words)
		}
		if st.pause > 0 {
			all = append(all, st.pause.String())
		}
	}
	return strings.Join(all, " ")
}
