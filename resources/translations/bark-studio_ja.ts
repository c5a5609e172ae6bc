<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja_JP">
<context>
    <name>AdviceCard</name>
    <message>
        <source>Look at this machine</source>
        <translation>このマシンを調べる</translation>
    </message>
    <message>
        <source>Which settings suit it, by what was measured here, else by sizes</source>
        <translation>このマシンに合う設定を、ここでの測定から、なければ大きさから示します</translation>
    </message>
    <message>
        <source>Use these</source>
        <translation>この設定を使う</translation>
    </message>
    <message>
        <source>Here, and in scripts that are begun from now on; begun ones stay as they are</source>
        <translation>ここと、これから始める台本に使います。始めた台本はそのままです</translation>
    </message>
    <message>
        <source>Measure, one minute</source>
        <translation>測定する (1 分)</translation>
    </message>
    <message>
        <source>In the background; what else is spoken meanwhile makes the figures worse</source>
        <translation>裏で測定します。その間にほかの音声を作ると、数値が悪くなります</translation>
    </message>
    <message>
        <source>Stop measuring</source>
        <translation>測定を中止</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>測定中</translation>
    </message>
    <message>
        <source>Looking at this machine, some seconds…</source>
        <translation>このマシンを調べています (数秒)…</translation>
    </message>
    <message>
        <source>fused attention</source>
        <translation>融合アテンション</translation>
    </message>
    <message>
        <source>compiled step</source>
        <translation>コンパイル済みステップ</translation>
    </message>
    <message>
        <source>offload</source>
        <translation>オフロード</translation>
    </message>
    <message>
        <source>sentences at once: {}</source>
        <translation>同時に作る文: {}</translation>
    </message>
    <message>
        <source>Measured here: {}</source>
        <translation>ここでの測定: {}</translation>
    </message>
    <message>
        <source>Estimated: {}</source>
        <translation>見積もり: {}</translation>
    </message>
    <message>
        <source>Note: {}</source>
        <translation>注意: {}</translation>
    </message>
    <message>
        <source>Not known: {}</source>
        <translation>未測定: {}</translation>
    </message>
</context>
<context>
    <name>Bars</name>
    <message>
        <source>Of {0} results the first {1}, in the order of the table.</source>
        <translation>{0} 件のうち、表の順で最初の {1} 件です。</translation>
    </message>
</context>
<context>
    <name>Benchmark</name>
    <message>
        <source>1 row</source>
        <translation>1 行</translation>
    </message>
    <message>
        <source>{0} rows</source>
        <translation>{0} 行</translation>
    </message>
    <message>
        <source>fused attention</source>
        <translation>融合アテンション</translation>
    </message>
    <message>
        <source>eager attention</source>
        <translation>通常のアテンション</translation>
    </message>
    <message>
        <source>compiled step</source>
        <translation>コンパイル済みステップ</translation>
    </message>
    <message>
        <source>torch&apos;s step</source>
        <translation>torch のステップ</translation>
    </message>
    <message>
        <source>offload</source>
        <translation>オフロード</translation>
    </message>
    <message>
        <source>no offload</source>
        <translation>オフロードなし</translation>
    </message>
    <message>
        <source>padding</source>
        <translation>パディングあり</translation>
    </message>
    <message>
        <source>no padding</source>
        <translation>パディングなし</translation>
    </message>
    <message>
        <source>plain window</source>
        <translation>通常のウィンドウ</translation>
    </message>
    <message>
        <source>long window</source>
        <translation>長いウィンドウ</translation>
    </message>
    <message>
        <source>all together</source>
        <translation>全部まとめて</translation>
    </message>
    <message>
        <source>the reference again</source>
        <translation>もう一度基準</translation>
    </message>
    <message>
        <source>{0}, version {1}</source>
        <translation>{0}、バージョン {1}</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>途中で停止</translation>
    </message>
    <message>
        <source>Rounds: {0}</source>
        <translation>ラウンド: {0}</translation>
    </message>
    <message>
        <source>tokens a row: {0}</source>
        <translation>1 行のトークン: {0}</translation>
    </message>
    <message>
        <source>noise: two equal cases differ by {0}</source>
        <translation>誤差: 同じケース 2 つの差 {0}</translation>
    </message>
    <message>
        <source>version {0}</source>
        <translation>バージョン {0}</translation>
    </message>
    <message>
        <source>reference</source>
        <translation>基準</translation>
    </message>
    <message>
        <source>{0} of its time, too few rounds</source>
        <translation>その {0} 倍の時間、ラウンド不足</translation>
    </message>
    <message>
        <source>no difference seen ({0})</source>
        <translation>差なし ({0})</translation>
    </message>
    <message>
        <source>{0}× faster ({1}–{2})</source>
        <translation>{0} 倍速い ({1}–{2})</translation>
    </message>
    <message>
        <source>{0}× slower ({1}–{2})</source>
        <translation>{0} 倍遅い ({1}–{2})</translation>
    </message>
    <message>
        <source>one round</source>
        <translation>1 ラウンド</translation>
    </message>
    <message>
        <source>{0} to {1}</source>
        <translation>{0} ～ {1}</translation>
    </message>
    <message>
        <source>same</source>
        <translation>同じ</translation>
    </message>
    <message>
        <source>rounded</source>
        <translation>丸めの差</translation>
    </message>
    <message>
        <source>others</source>
        <translation>別</translation>
    </message>
    <message>
        <source>Loading and warming up: {0}</source>
        <translation>読み込みと準備: {0}</translation>
    </message>
    <message>
        <source>Round {0}: {1}</source>
        <translation>ラウンド {0}: {1}</translation>
    </message>
    <message>
        <source>Round {0}</source>
        <translation>ラウンド {0}</translation>
    </message>
    <message>
        <source>Looking where the tokens part: {0}</source>
        <translation>トークンが分かれる所を調べています: {0}</translation>
    </message>
</context>
<context>
    <name>BenchmarkView</name>
    <message>
        <source>Measure</source>
        <translation>測定</translation>
    </message>
    <message>
        <source>In the background (Ctrl+Enter); what else is done meanwhile is in the figures</source>
        <translation>バックグラウンドで測定します (Ctrl+Enter)。その間のほかの作業は数値に影響します</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop measuring (Esc); whole rounds are kept</source>
        <translation>測定を停止します (Esc)。終わったラウンドは残ります</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>測定中</translation>
    </message>
    <message>
        <source>Waiting for the measurement to begin…</source>
        <translation>測定の開始を待っています…</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>停止しています…</translation>
    </message>
    <message>
        <source>{0} of about {1}</source>
        <translation>{0} / 約 {1}</translation>
    </message>
    <message>
        <source>Stopped. Whole rounds are kept.</source>
        <translation>停止しました。終わったラウンドは残っています。</translation>
    </message>
    <message>
        <source>Nothing was measured here yet. Choose on the right what to compare, and press Measure.</source>
        <translation>ここではまだ何も測定していません。比べるものを右で選び、「測定」を押してください。</translation>
    </message>
    <message>
        <source>Results of all runs: {0}</source>
        <translation>すべての測定の結果: {0} 件</translation>
    </message>
    <message>
        <source>Changed beyond noise: {0} of {1}</source>
        <translation>誤差を超えた変化: {1} 件中 {0} 件</translation>
    </message>
    <message>
        <source>the runs are of two machines</source>
        <translation>別々のコンピューターの測定です</translation>
    </message>
    <message>
        <source>they did not do the same work</source>
        <translation>同じ作業ではありません</translation>
    </message>
</context>
<context>
    <name>Brought</name>
    <message>
        <source>Not measured here yet.</source>
        <translation>ここではまだ測定していません。</translation>
    </message>
    <message>
        <source>same tokens</source>
        <translation>トークンは同じ</translation>
    </message>
    <message>
        <source>rounded tokens</source>
        <translation>トークンは丸めの差だけ</translation>
    </message>
    <message>
        <source>other tokens</source>
        <translation>トークンは異なる</translation>
    </message>
    <message>
        <source>Measured here: {0}.</source>
        <translation>ここでの測定: {0}。</translation>
    </message>
    <message>
        <source>{0} % of words amiss ({1} … {2})</source>
        <translation>違って聞こえた単語{0}%（{1}…{2}）</translation>
    </message>
    <message>
        <source>no difference seen</source>
        <translation>差は見られない</translation>
    </message>
    <message>
        <source>{0}× faster</source>
        <translation>{0} 倍速い</translation>
    </message>
    <message>
        <source>{0}× slower</source>
        <translation>{0} 倍遅い</translation>
    </message>
</context>
<context>
    <name>ChatPage</name>
    <message>
        <source>Conversation</source>
        <translation>会話</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新規</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>新しい会話</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>削除</translation>
    </message>
    <message>
        <source>Delete the conversation</source>
        <translation>会話を削除</translation>
    </message>
    <message>
        <source>What the model is to be (system message)</source>
        <translation>モデルの役割 (システムメッセージ)</translation>
    </message>
    <message>
        <source>System message</source>
        <translation>システムメッセージ</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>メッセージ</translation>
    </message>
    <message>
        <source>Your message …</source>
        <translation>メッセージを入力…</translation>
    </message>
    <message>
        <source>Your message</source>
        <translation>メッセージ</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>送信</translation>
    </message>
    <message>
        <source>Send the message (Ctrl+Enter)</source>
        <translation>メッセージを送信 (Ctrl+Enter)</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop writing (Esc)</source>
        <translation>作成を停止 (Esc)</translation>
    </message>
    <message>
        <source>Leave it as it was</source>
        <translation>変更をやめる</translation>
    </message>
    <message>
        <source>The message is too long: at most {0} characters.</source>
        <translation>メッセージが長すぎます。{0} 文字までです。</translation>
    </message>
    <message>
        <source>This conversation is full: begin a new one.</source>
        <translation>この会話はいっぱいです。新しい会話を始めてください。</translation>
    </message>
    <message>
        <source>Delete the conversation?</source>
        <translation>会話を削除しますか?</translation>
    </message>
    <message>
        <source>The conversation “{0}” and all its branches will be gone.</source>
        <translation>会話「{0}」とそのすべての枝が失われます。</translation>
    </message>
    <message>
        <source>The conversation stays on the disk: {0}</source>
        <translation>会話をディスクから削除できません: {0}</translation>
    </message>
    <message>
        <source>A conversation cannot be read now: {0}</source>
        <translation>会話を読み込めません: {0}</translation>
    </message>
    <message>
        <source>A conversation was damaged; its file is called {0} now.</source>
        <translation>会話のファイルが破損していたため、{0} に名前を変えました。</translation>
    </message>
    <message>
        <source>The conversation is not on the disk yet: {0}</source>
        <translation>会話をまだディスクに保存できていません: {0}</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>変更</translation>
    </message>
    <message>
        <source>You</source>
        <translation>あなた</translation>
    </message>
    <message>
        <source>The model</source>
        <translation>モデル</translation>
    </message>
    <message>
        <source>change</source>
        <translation>変更</translation>
    </message>
    <message>
        <source>answer</source>
        <translation>返答</translation>
    </message>
    <message>
        <source>write anew</source>
        <translation>書き直す</translation>
    </message>
    <message>
        <source>speak</source>
        <translation>読み上げ</translation>
    </message>
</context>
<context>
    <name>ColumnsDialog</name>
    <message>
        <source>Columns of {}</source>
        <translation>{} の列</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>本文</translation>
    </message>
    <message>
        <source>Speaker</source>
        <translation>話者</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>ID</translation>
    </message>
    <message>
        <source>File</source>
        <translation>ファイル</translation>
    </message>
    <message>
        <source>Voice</source>
        <translation>ボイス</translation>
    </message>
    <message>
        <source>Direction</source>
        <translation>演技指示</translation>
    </message>
    <message>
        <source>Chapter</source>
        <translation>章</translation>
    </message>
    <message>
        <source>Heading</source>
        <translation>見出し</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>間</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>開始</translation>
    </message>
    <message>
        <source>End</source>
        <translation>終了</translation>
    </message>
    <message>
        <source>First rows of the table</source>
        <translation>表の最初の行</translation>
    </message>
    <message>
        <source>Choose what each column is. The text is what is spoken.</source>
        <translation>それぞれの列が何であるかを選んでください。読み上げるのは本文です。</translation>
    </message>
    <message>
        <source>Read the table</source>
        <translation>表を読み込む</translation>
    </message>
    <message>
        <source>What column {} is</source>
        <translation>列 {} の内容</translation>
    </message>
    <message>
        <source>not used</source>
        <translation>使わない</translation>
    </message>
</context>
<context>
    <name>Compare</name>
    <message>
        <source>offload</source>
        <translation>オフロード</translation>
    </message>
    <message>
        <source>no offload</source>
        <translation>オフロードなし</translation>
    </message>
    <message>
        <source>long window</source>
        <translation>長いウィンドウ</translation>
    </message>
    <message>
        <source>short window</source>
        <translation>短いウィンドウ</translation>
    </message>
    <message>
        <source>no padding</source>
        <translation>パディングなし</translation>
    </message>
    <message>
        <source>padding</source>
        <translation>パディングあり</translation>
    </message>
    <message>
        <source>padding as the precision needs it</source>
        <translation>パディングは精度に合わせる</translation>
    </message>
    <message>
        <source>early sound</source>
        <translation>先行再生</translation>
    </message>
    <message>
        <source>no early sound</source>
        <translation>先行再生なし</translation>
    </message>
    <message>
        <source>numbers in words</source>
        <translation>数字を言葉で</translation>
    </message>
    <message>
        <source>numbers as written</source>
        <translation>数字を書かれたまま</translation>
    </message>
    <message>
        <source>batch of {0}</source>
        <translation>バッチ {0}</translation>
    </message>
    <message>
        <source>{0} attention</source>
        <translation>{0} アテンション</translation>
    </message>
    <message>
        <source>{0} kernel</source>
        <translation>{0} カーネル</translation>
    </message>
    <message>
        <source>no speed to compare: the machine was busy</source>
        <translation>ほかの処理中だったため速度は比較できません</translation>
    </message>
    <message>
        <source>{0}× faster</source>
        <translation>{0} 倍高速</translation>
    </message>
    <message>
        <source>{0}× slower</source>
        <translation>{0} 倍低速</translation>
    </message>
    <message>
        <source>as fast</source>
        <translation>速度は同じ</translation>
    </message>
    <message>
        <source>{0} % memory</source>
        <translation>メモリ {0} %</translation>
    </message>
    <message>
        <source>the same memory</source>
        <translation>メモリは同じ</translation>
    </message>
    <message>
        <source>The same settings</source>
        <translation>同じ設定</translation>
    </message>
</context>
<context>
    <name>CompareView</name>
    <message>
        <source>The last two takes</source>
        <translation>直近の 2 つのテイク</translation>
    </message>
    <message>
        <source>{0} s</source>
        <translation>{0} 秒</translation>
    </message>
    <message>
        <source>before</source>
        <translation>前回</translation>
    </message>
    <message>
        <source>now</source>
        <translation>今回</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>音声</translation>
    </message>
    <message>
        <source>Real-time factor</source>
        <translation>リアルタイム係数</translation>
    </message>
    <message>
        <source>Peak memory</source>
        <translation>最大メモリ</translation>
    </message>
    <message>
        <source>on</source>
        <translation>オン</translation>
    </message>
    <message>
        <source>off</source>
        <translation>オフ</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>計算装置</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>アテンション</translation>
    </message>
    <message>
        <source>Kernel</source>
        <translation>カーネル</translation>
    </message>
    <message>
        <source>Offload</source>
        <translation>オフロード</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>バッチ</translation>
    </message>
    <message>
        <source>Long window</source>
        <translation>長いウィンドウ</translation>
    </message>
    <message>
        <source>No padding</source>
        <translation>パディングなし</translation>
    </message>
    <message>
        <source>Early sound</source>
        <translation>先行再生</translation>
    </message>
</context>
<context>
    <name>Computed</name>
    <message>
        <source>XLA compiles a function for each size of prompt and text, once a machine. Another seed, temperature or stop string compiles nothing. What the step in C computes needs no compiling.</source>
        <translation>XLA は、プロンプトと文章の長さの区分ごとに関数を 1 回だけコンパイルします。シード、温度、停止文字列を変えても再コンパイルはありません。C のステップで計算するものにはコンパイルが要りません。</translation>
    </message>
    <message>
        <source>Computed in {0} by the step in C, which needs no compiling.</source>
        <translation>{0} で、コンパイルの要らない C のステップが計算しました。</translation>
    </message>
    <message>
        <source>run {0} s</source>
        <translation>実行 {0} 秒</translation>
    </message>
    <message>
        <source>Computed in float32 by XLA.</source>
        <translation>float32 で XLA が計算しました。</translation>
    </message>
    <message>
        <source>{0} ready, {1} new this time</source>
        <translation>今回: 既存 {0}、新規 {1}</translation>
    </message>
    <message>
        <source>trace {0} s · compile {1} s · run {2} s</source>
        <translation>トレース {0} 秒 · コンパイル {1} 秒 · 実行 {2} 秒</translation>
    </message>
    <message>
        <source>since the start: {0} ready, {1} new</source>
        <translation>起動後の合計: 既存 {0}、新規 {1}</translation>
    </message>
    <message>
        <source>prompt: {0} tokens/s</source>
        <translation>プロンプト: {0} トークン/秒</translation>
    </message>
    <message>
        <source>{0} tokens of it were read before</source>
        <translation>そのうち {0} トークンは読み込み済みでした</translation>
    </message>
    <message>
        <source>text: {0} ms a step</source>
        <translation>文章: 1 ステップ {0} ミリ秒</translation>
    </message>
    <message>
        <source>the memory gives {0} GB/s, measured here</source>
        <translation>このメモリの実測の帯域は {0} GB/秒</translation>
    </message>
    <message>
        <source>{0} % of the memory&apos;s bandwidth</source>
        <translation>メモリ帯域の {0} %</translation>
    </message>
</context>
<context>
    <name>Context</name>
    <message>
        <source>{0} cannot be written: what you choose is forgotten at the end, and takes are not kept. Export what you need.</source>
        <translation>{0} に書き込めません。選択した内容は終了時に失われ、テイクも保存されません。必要なものは書き出してください。</translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>Something went wrong</source>
        <translation>問題が発生しました</translation>
    </message>
    <message>
        <source>This is a mistake in the program, not yours. What you typed is still in the window and you can go on. With this text the mistake can be found:</source>
        <translation>プログラムの不具合で、操作の誤りではありません。入力した内容はそのまま残っており、作業を続けられます。次の内容は原因の調査に役立ちます。</translation>
    </message>
    <message>
        <source>Crash report</source>
        <translation>エラーレポート</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>続ける</translation>
    </message>
</context>
<context>
    <name>Drawer</name>
    <message>
        <source>Hide the panel</source>
        <translation>パネルを隠す</translation>
    </message>
    <message>
        <source>Show the panel</source>
        <translation>パネルを表示</translation>
    </message>
</context>
<context>
    <name>EmptyScript</name>
    <message>
        <source>From a text to a finished recording</source>
        <translation>テキストから完成した録音まで</translation>
    </message>
    <message>
        <source>Open a text, a book (EPUB, FB2), a document (Word, PDF, OpenDocument, RTF), a saved page, subtitles or a table, or drop it here. It becomes a table of rows, each spoken, checked, and made again where it failed.</source>
        <translation>テキスト、本（EPUB、FB2）、文書（Word、PDF、OpenDocument、RTF）、保存したウェブページ、字幕、表を開くか、ここにドロップしてください。行の一覧になり、一行ずつ読み上げて検査し、失敗した行は作り直します。</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>開く…</translation>
    </message>
    <message>
        <source>Open a project…</source>
        <translation>プロジェクトを開く…</translation>
    </message>
</context>
<context>
    <name>EndBox</name>
    <message>
        <source>New tokens at most</source>
        <translation>新しいトークンの上限</translation>
    </message>
    <message>
        <source>a string, or several | between bars</source>
        <translation>文字列(複数は | で区切る)</translation>
    </message>
    <message>
        <source>Stop before</source>
        <translation>停止文字列</translation>
    </message>
    <message>
        <source>The text ends before the first of these strings; \n is a new line</source>
        <translation>この文字列が現れる前で文章を終えます。\n は改行です</translation>
    </message>
    <message>
        <source>New tokens</source>
        <translation>新しいトークン</translation>
    </message>
</context>
<context>
    <name>Engine</name>
    <message>
        <source>cannot read {0} ({1}): choose another file</source>
        <translation>{0} を読めません({1})。別のファイルを選んでください</translation>
    </message>
    <message>
        <source>{0} is no JSON schema: {1}</source>
        <translation>{0} は JSON スキーマではありません: {1}</translation>
    </message>
    <message>
        <source>{0} is no JSON schema: it holds {1}, not an object</source>
        <translation>{0} は JSON スキーマではありません。オブジェクトではなく {1} が入っています</translation>
    </message>
    <message>
        <source>TensorFlow finds no CUDA device: choose the device cpu or auto</source>
        <translation>TensorFlow で使える CUDA デバイスがありません。CPU または自動を選んでください</translation>
    </message>
    <message>
        <source>The column {0} names no sound files, so no recordings either.</source>
        <translation>列 {0} の値は音声ファイル名ではないので、録音の名前には使いません。</translation>
    </message>
    <message>
        <source>The column {0} was taken for the text.</source>
        <translation>列 {0} を本文とみなしました。</translation>
    </message>
    <message>
        <source>The text was read as {0}. If letters look wrong, name its encoding.</source>
        <translation>テキストを {0} として読みました。文字がおかしければ、文字コードを選んでください。</translation>
    </message>
    <message>
        <source>The times count {0} frames a second.</source>
        <translation>時刻は毎秒 {0} フレームとして数えました。</translation>
    </message>
    <message>
        <source>The voice {0} is not in this project: choose it again.</source>
        <translation>声「{0}」はこのプロジェクトの中にありません。選び直してください。</translation>
    </message>
    <message>
        <source>a model with {0} = {1} cannot be read, only {2}</source>
        <translation>{0} = {1} のモデルは読み込めません({2} のみ)</translation>
    </message>
    <message>
        <source>a recording has 1 or 2 channels, not {0}</source>
        <translation>録音のチャンネル数は 1 または 2 です({0} は指定できません)</translation>
    </message>
    <message>
        <source>a recording lasts up to 100 hours, not {0} seconds</source>
        <translation>録音の長さは100時間までで、{0}秒にはできません</translation>
    </message>
    <message>
        <source>a table has no {0}: name one of {1}</source>
        <translation>表に {0} という項目はありません。{1} のどれかを指定してください</translation>
    </message>
    <message>
        <source>a tokenizer of the kind {0} cannot be read, only gpt2 and llama</source>
        <translation>{0} のトークナイザーは読み込めません(gpt2 と llama のみ)</translation>
    </message>
    <message>
        <source>a tokenizer that splits words as {0} cannot be read</source>
        <translation>{0} の方法で単語を分割するトークナイザーは読み込めません</translation>
    </message>
    <message>
        <source>a {0} model cannot be read: choose a GPT-2, Llama or Qwen2 model</source>
        <translation>{0} のモデルは読み込めません。GPT-2、Llama、Qwen2 のモデルを選んでください</translation>
    </message>
    <message>
        <source>about {0} are needed as it is chosen now, and {1} are free</source>
        <translation>今の設定では約 {0} が必要ですが、空きは {1} です</translation>
    </message>
    <message>
        <source>an attention head of this model is {0} channels wide, and int8 knows up to {1}: choose --precision bfloat16</source>
        <translation>このモデルのアテンションヘッドの幅は {0} チャンネルですが、int8 は {1} までです。--precision bfloat16 を選んでください</translation>
    </message>
    <message>
        <source>cannot delete the takes in {0}: {1}</source>
        <translation>{0} のテイクを削除できません: {1}</translation>
    </message>
    <message>
        <source>cannot fetch {0} from the Hub ({1})</source>
        <translation>Hub から {0} を取得できません ({1})</translation>
    </message>
    <message>
        <source>cannot make the model folder {0} ({1})</source>
        <translation>モデルのフォルダー {0} を作成できません ({1})</translation>
    </message>
    <message>
        <source>cannot make {0}: {1}</source>
        <translation>{0} を作成できません: {1}</translation>
    </message>
    <message>
        <source>cannot read {0}: it has gone</source>
        <translation>{0} を読み込めません: なくなっています</translation>
    </message>
    <message>
        <source>cannot read {0}: {1}</source>
        <translation>{0} を読み込めません: {1}</translation>
    </message>
    <message>
        <source>cannot remove {0}: {1}</source>
        <translation>{0} を削除できません：{1}</translation>
    </message>
    <message>
        <source>cannot remove {0}: {1}; close what uses it</source>
        <translation>{0} を削除できません: {1}。使用しているものを閉じてください</translation>
    </message>
    <message>
        <source>cannot rename {0}: {1}</source>
        <translation>{0} の名前を変更できません: {1}</translation>
    </message>
    <message>
        <source>cannot write {0}: it is not a plain file; name another</source>
        <translation>{0} は通常のファイルではないため書き込めません。別の名前を指定してください</translation>
    </message>
    <message>
        <source>cannot write {0}: there is no folder {1}; make it first</source>
        <translation>{0} に書き込めません。先にフォルダー {1} を作成してください</translation>
    </message>
    <message>
        <source>cannot write {0}: {1}</source>
        <translation>{0} に書き込めません: {1}</translation>
    </message>
    <message>
        <source>cannot write {0}: {1}; free some space</source>
        <translation>{0} に書き込めません: {1}。空き容量を確保してください</translation>
    </message>
    <message>
        <source>cannot write {0}: {1}; free some space or choose another place</source>
        <translation>{0} に書き込めません: {1}。空き容量を確保するか、別の場所を選んでください</translation>
    </message>
    <message>
        <source>cannot write {0}: {1}; free some space, then go on</source>
        <translation>{0} に書き込めません: {1}。空き容量を確保してから再開してください</translation>
    </message>
    <message>
        <source>cannot write {0}: {1}; name another</source>
        <translation>{0} に書き込めません: {1}。別の名前を指定してください</translation>
    </message>
    <message>
        <source>cannot write {0}…: its name is too long; give it a shorter one</source>
        <translation>{0}… に書き込めません。名前が長すぎます。短い名前にしてください</translation>
    </message>
    <message>
        <source>clipped for {0} ms</source>
        <translation>{0} ミリ秒の音割れ</translation>
    </message>
    <message>
        <source>compiled functions are not kept: {0}</source>
        <translation>コンパイルした関数は保存されません: {0}</translation>
    </message>
    <message>
        <source>float16 needs CUDA or MPS: choose the precision bfloat16 on a processor</source>
        <translation>float16 には CUDA または MPS が必要です。CPU では bfloat16 を選んでください</translation>
    </message>
    <message>
        <source>how fast it is here is not known yet: measure it, in a minute</source>
        <translation>ここでの速さはまだ分かりません。1 分で測定できます</translation>
    </message>
    <message>
        <source>int8 cannot be had: {0}; choose float32</source>
        <translation>int8 は使えません: {0}。float32 を選んでください</translation>
    </message>
    <message>
        <source>it could not be measured: {0}</source>
        <translation>測定できませんでした: {0}</translation>
    </message>
    <message>
        <source>it does not fit: about {0} are needed and {1} are free: end other programs, or take a smaller model</source>
        <translation>収まりません。約 {0} が必要ですが、空きは {1} です。ほかのプログラムを終えるか、小さいモデルを選んでください</translation>
    </message>
    <message>
        <source>it is {0} times as fast as transformers in float32</source>
        <translation>float32 の transformers の {0} 倍の速さです</translation>
    </message>
    <message>
        <source>it is {0} times as fast as {1}</source>
        <translation>{1} の {0} 倍の速さです</translation>
    </message>
    <message>
        <source>it is {0} times as fast as {1}, {2} to {3} with 95 %</source>
        <translation>{1} の {0} 倍の速さです (95 % で {2} から {3})</translation>
    </message>
    <message>
        <source>it needs Linux and an x86-64 processor with AVX2</source>
        <translation>Linux と、AVX2 を備えた x86-64 プロセッサが必要です</translation>
    </message>
    <message>
        <source>it needs a C compiler: {0}</source>
        <translation>C コンパイラが必要です: {0}</translation>
    </message>
    <message>
        <source>it takes {0} of memory at its peak, and {1} are free</source>
        <translation>メモリを最大 {0} 使います。空きは {1} です</translation>
    </message>
    <message>
        <source>it takes {0} of the card&apos;s memory at its peak, and {1} are free</source>
        <translation>カードのメモリを最大 {0} 使います。空きは {1} です</translation>
    </message>
    <message>
        <source>its locked take is damaged or gone: unlock it</source>
        <translation>ロックしたテイクが壊れているか、なくなっています。ロックを解除してください</translation>
    </message>
    <message>
        <source>its sources are others than those of the library beside them</source>
        <translation>付属のライブラリのもとになったソースと異なります</translation>
    </message>
    <message>
        <source>its tokens are others than the reference&apos;s</source>
        <translation>トークンは基準と異なります</translation>
    </message>
    <message>
        <source>its tokens are those of the reference</source>
        <translation>トークンは基準と同じです</translation>
    </message>
    <message>
        <source>its tokens part from the reference&apos;s where two were nearly as likely, by rounding</source>
        <translation>トークンは、ほぼ同じ確からしさの所で丸めの差だけ基準と分かれます</translation>
    </message>
    <message>
        <source>line {0} of the replacements, {1}: write from==to, or /pattern/==to, at most {2} of them</source>
        <translation>置換の {0} 行目 {1}: 「元==先」または「/パターン/==先」の形で、{2} 個以内で書いてください</translation>
    </message>
    <message>
        <source>line {0} of the replacements, {1}: {2}; mend the pattern</source>
        <translation>置換の {0} 行目 {1}: {2}。パターンを修正してください</translation>
    </message>
    <message>
        <source>line {0} of the table cannot be read ({1}): save it as CSV again</source>
        <translation>表の {0} 行目を読み込めません ({1})。CSV として保存し直してください</translation>
    </message>
    <message>
        <source>line {0} of the table: {1}</source>
        <translation>表の {0} 行目: {1}</translation>
    </message>
    <message>
        <source>mp3 at {0} Hz holds at most {1} kbit/s: choose a lower bitrate, or 44100 Hz</source>
        <translation>{0} Hz の MP3 は最大 {1} kbit/s です。より低いビットレートか 44100 Hz を選んでください</translation>
    </message>
    <message>
        <source>newly compiled functions are not kept: {0}</source>
        <translation>新しくコンパイルした関数は保存されません: {0}</translation>
    </message>
    <message>
        <source>no library for this system comes with the program</source>
        <translation>このシステム用のライブラリは付属していません</translation>
    </message>
    <message>
        <source>no sound can be played ({0}): connect an output device</source>
        <translation>再生できません ({0})。出力装置を接続してください</translation>
    </message>
    <message>
        <source>no sound can be played without PortAudio: {0}</source>
        <translation>PortAudio がないため再生できません: {0}</translation>
    </message>
    <message>
        <source>nothing is heard</source>
        <translation>何も聞こえません</translation>
    </message>
    <message>
        <source>nothing that was measured here is faster than the reference</source>
        <translation>ここで測定した中に、基準より速いものはありません</translation>
    </message>
    <message>
        <source>offload needs an accelerator, and the work is done by the processor here</source>
        <translation>オフロードにはアクセラレーターが必要です。このコンピューターでは CPU で計算します</translation>
    </message>
    <message>
        <source>only {0} s, about {1} expected</source>
        <translation>長さ {0} 秒のみ(予測は約 {1} 秒)</translation>
    </message>
    <message>
        <source>other programs had {0} of the processors meanwhile: measure again when they rest</source>
        <translation>その間、ほかのプログラムがプロセッサの {0} を使っていました。空いているときにもう一度測定してください</translation>
    </message>
    <message>
        <source>pip cannot fetch {0} ({1})</source>
        <translation>pip で {0} を取得できません ({1})</translation>
    </message>
    <message>
        <source>repeats itself for {0} s</source>
        <translation>{0} 秒間の繰り返し</translation>
    </message>
    <message>
        <source>row {0} begins before the row in front of it: put the cues in order of time</source>
        <translation>行{0}は前の行より先に始まります：字幕を時刻順に並べてください</translation>
    </message>
    <message>
        <source>row {0} has no such take</source>
        <translation>行 {0} にそのようなテイクはありません</translation>
    </message>
    <message>
        <source>row {0} has no take yet: render it first</source>
        <translation>行 {0} にはまだテイクがありません。先に音声を作成してください</translation>
    </message>
    <message>
        <source>row {0} has no take {1}</source>
        <translation>行 {0} にテイク {1} はありません</translation>
    </message>
    <message>
        <source>row {0} has no time: sound is timed by subtitles, or by a table with start and end</source>
        <translation>行{0}には時刻がありません：時刻を合わせられるのは字幕か、開始と終了のある表です</translation>
    </message>
    <message>
        <source>row {0} has no time: subtitles need a start and an end</source>
        <translation>行 {0} に時刻がありません。字幕には開始と終了が必要です</translation>
    </message>
    <message>
        <source>rows that continue each other and rows that do not cannot be mixed: have all rows spoken anew</source>
        <translation>前の行から続けて話す行とそうでない行は混ぜられません。すべての行を話し直してください</translation>
    </message>
    <message>
        <source>speech is stretched between {0} and 1 and between 1 and {1} times its speed, not {2} to {3}</source>
        <translation>話す速さは{0}倍から1倍と1倍から{1}倍の間で変えられます。{2}倍から{3}倍にはできません</translation>
    </message>
    <message>
        <source>subtitles are one of {0}, not {1}</source>
        <translation>字幕の形式は {0} のいずれかです({1} は指定できません)</translation>
    </message>
    <message>
        <source>the Hub did not give {0} ({1}): try again later</source>
        <translation>Hub から {0} を取得できませんでした ({1})。あとでもう一度お試しください</translation>
    </message>
    <message>
        <source>the Hub has no open model {0}: check its name</source>
        <translation>Hub に公開モデル {0} はありません。名前を確認してください</translation>
    </message>
    <message>
        <source>the compiled step is compiled at each start: {0}</source>
        <translation>コンパイル済みステップは起動のたびにコンパイルされます: {0}</translation>
    </message>
    <message>
        <source>the compiled step is not used: {0}</source>
        <translation>コンパイル済みステップは使われません: {0}</translation>
    </message>
    <message>
        <source>{0} is broken ({1}): fetch it again</source>
        <translation>{0} は壊れています（{1}）。もう一度取得してください</translation>
    </message>
    <message>
        <source>{0} is damaged: install the program again</source>
        <translation>{0} は壊れています。プログラムを入れ直してください</translation>
    </message>
    <message>
        <source>the compiled step has no form for this processor ({0})</source>
        <translation>このプロセッサー用のコンパイル済みステップはありません ({0})</translation>
    </message>
    <message>
        <source>Japanese is read with the packages pyopenjtalk-plus and kanalizer, which are not installed: python3 main.py set-up --japanese installs them</source>
        <translation>日本語を読むにはパッケージ pyopenjtalk-plus と kanalizer が必要ですが、インストールされていません: python3 main.py set-up --japanese でインストールできます</translation>
    </message>
    <message>
        <source>the compiled step needs a C compiler: {0}</source>
        <translation>コンパイル済みステップには C コンパイラーが必要です: {0}</translation>
    </message>
    <message>
        <source>the configuration in {0} is damaged: {1}</source>
        <translation>{0} の設定が破損しています: {1}</translation>
    </message>
    <message>
        <source>the description of the model in {0} is broken ({1}: {2})</source>
        <translation>{0} のモデルの記述が破損しています ({1}: {2})</translation>
    </message>
    <message>
        <source>the end token {0} of {1} {2}</source>
        <translation>{1} の終了トークン {0} {2}</translation>
    </message>
    <message>
        <source>the graphics card does not answer any more ({0}): finished rows are kept; start the program again to go on, or choose the device cpu</source>
        <translation>グラフィックスカードが応答しなくなりました({0})。完成した行は保存されています。プログラムを再起動して続けるか、CPU を選んでください</translation>
    </message>
    <message>
        <source>the last word is cut off</source>
        <translation>最後の単語が途中で切れています</translation>
    </message>
    <message>
        <source>the loudness is one of {0}, not {1}</source>
        <translation>音量の基準は {0} のいずれかです({1} は指定できません)</translation>
    </message>
    <message>
        <source>the memory does not suffice for this model with so many rows together ({0}): speak fewer rows together, choose the precision int8 or bfloat16, or close other programs</source>
        <translation>このモデルで同時に {0} 行を読み上げるにはメモリが足りません。同時に読み上げる行を減らすか、精度に int8 か bfloat16 を選ぶか、ほかのプログラムを終了してください</translation>
    </message>
    <message>
        <source>the model cannot read {0}: it reads {1} letters; get suno/bark-small, which reads most alphabets, or spell these words in the pronunciations</source>
        <translation>このモデルは {0} を読めません (読める文字: {1})。ほとんどの文字を読める suno/bark-small を入手するか、発音の一覧で読みを書いてください</translation>
    </message>
    <message>
        <source>the model cannot read {0}: it reads {1} letters; spell these words in the pronunciations</source>
        <translation>このモデルは {0} を読めません (読める文字: {1})。発音の一覧で読みを書いてください</translation>
    </message>
    <message>
        <source>the model did not end the sentence</source>
        <translation>文が途中で終わりました</translation>
    </message>
    <message>
        <source>the model does not fit on {0}: the processor computes</source>
        <translation>モデルが {0} に収まらないため、プロセッサで計算します</translation>
    </message>
    <message>
        <source>the model gives no numbers any more: its file is damaged; fetch it again</source>
        <translation>モデルの出力が数ではなくなりました。ファイルが壊れています。もう一度取得してください</translation>
    </message>
    <message>
        <source>the model {0} cannot be read: {1}</source>
        <translation>モデル {0} を読み込めません: {1}</translation>
    </message>
    <message>
        <source>the model&apos;s chat template is broken ({0}): write with --no-chat</source>
        <translation>モデルのチャットテンプレートが破損しています ({0})。「チャットのように答える」を外してください</translation>
    </message>
    <message>
        <source>the model&apos;s numbers overflowed in {0}: {1}</source>
        <translation>モデルの計算が {0} でオーバーフローしました: {1}</translation>
    </message>
    <message>
        <source>the name {0} has a brace too many or too few</source>
        <translation>名前 {0} の波かっこの数が合っていません</translation>
    </message>
    <message>
        <source>the name {0} has a character that no file name may have</source>
        <translation>名前 {0} に、ファイル名に使えない文字があります</translation>
    </message>
    <message>
        <source>the name {0} has the unknown {{1}}: there are {2}</source>
        <translation>名前 {0} の {{1}} は使えません。使えるのは {2} です</translation>
    </message>
    <message>
        <source>the name {0} leaves the output folder: give it a name inside</source>
        <translation>名前 {0} は出力フォルダーの外を指しています。フォルダー内の名前にしてください</translation>
    </message>
    <message>
        <source>the replacement {0} makes a row far too long: mend it</source>
        <translation>置換 {0} で行が長くなりすぎます。修正してください</translation>
    </message>
    <message>
        <source>the replacement {0} takes too long or fails: mend its pattern</source>
        <translation>置換 {0} に時間がかかりすぎるか、失敗します。パターンを修正してください</translation>
    </message>
    <message>
        <source>the sound holds values that are no numbers</source>
        <translation>音声に数値でない値があります</translation>
    </message>
    <message>
        <source>the sound holds values that are no numbers: choose --precision float32 or another seed</source>
        <translation>音声に数値でない値が含まれています。精度を float32 にするか、別のシードを試してください</translation>
    </message>
    <message>
        <source>the sound output has gone: connect a device</source>
        <translation>音声の出力先がなくなりました。デバイスを接続してください</translation>
    </message>
    <message>
        <source>the sound output {0} is not there: connect it or choose another</source>
        <translation>音声の出力先 {0} が見つかりません。接続するか、別の出力先を選んでください</translation>
    </message>
    <message>
        <source>the table has no column called text, only {0}: name the column that is to be spoken text, in the first row</source>
        <translation>表に text という列がありません({0} のみ)。読み上げる列の名前を、1 行目で text にしてください</translation>
    </message>
    <message>
        <source>the table has no column {0}, only {1}</source>
        <translation>表に {0} という列はありません。あるのは {1} です</translation>
    </message>
    <message>
        <source>the take {0} cannot be read now: {1}; it stays: try again</source>
        <translation>テイク {0} を今は読み込めません（{1}）。削除はされません。もう一度お試しください</translation>
    </message>
    <message>
        <source>the take {0} is damaged and cannot be renamed: {1}</source>
        <translation>テイク {0} は壊れていて、名前を変更できません: {1}</translation>
    </message>
    <message>
        <source>the take {0} is damaged, and is called {1} now: start again, and it is made anew</source>
        <translation>テイク {0} は壊れているため、{1} という名前で残しました。もう一度始めると作り直されます</translation>
    </message>
    <message>
        <source>the take {0} is gone: start again, and it is made anew</source>
        <translation>テイク {0} がありません。もう一度始めると作り直されます</translation>
    </message>
    <message>
        <source>the take {0} is of a newer Bark Studio: update this one</source>
        <translation>テイク {0} はより新しい Bark Studio のものです。このプログラムを更新してください</translation>
    </message>
    <message>
        <source>the text is {0} word pieces long and one row holds {1}: put spaces or full stops into it, where it can be divided</source>
        <translation>文章は{0}語片ありますが、一行に入るのは{1}語片までです：区切れるところに空白か句点を入れてください</translation>
    </message>
    <message>
        <source>the tokenizer in {0} is damaged: get the model again</source>
        <translation>{0} のトークナイザーは破損しています。モデルを入手し直してください</translation>
    </message>
    <message>
        <source>the tokenizer or voice gives id {0}, the semantic model knows {1}: its files do not belong together; get the model again</source>
        <translation>トークナイザーまたはボイスの ID は {0} ですが、セマンティックモデルが扱えるのは {1} までです。ファイルの組み合わせが合っていません。モデルを入手し直してください</translation>
    </message>
    <message>
        <source>the voice {0} lacks its file {1}: get the model again</source>
        <translation>ボイス {0} のファイル {1} がありません。モデルを入手し直してください</translation>
    </message>
    <message>
        <source>the weights in {0} lack {1}: get the model again</source>
        <translation>{0} の重みに {1} がありません。モデルを入手し直してください</translation>
    </message>
    <message>
        <source>the weights of {0} lie in blocks already ({1}), which is its precision: leave --precision out, or choose float32</source>
        <translation>{0} の重みはすでにブロック ({1}) になっていて、それがその精度です。--precision を省くか、float32 を選んでください</translation>
    </message>
    <message>
        <source>there is no encoding {0}: name one such as cp932 or latin-1</source>
        <translation>{0} という文字コードはありません。cp932 や latin-1 のように指定してください</translation>
    </message>
    <message>
        <source>there is no file {0}: check its name</source>
        <translation>ファイル {0} はありません。名前を確認してください</translation>
    </message>
    <message>
        <source>there is no folder {0}: name the folder of a Bark model, or an id such as suno/bark-small</source>
        <translation>フォルダー {0} はありません。Bark モデルのフォルダーか、suno/bark-small のような ID を指定してください</translation>
    </message>
    <message>
        <source>there is no folder {0}: name the folder of a Bark model, or its id</source>
        <translation>フォルダー {0} はありません。Bark モデルのフォルダーまたは ID を指定してください</translation>
    </message>
    <message>
        <source>there is no format {0}: choose one of {1}</source>
        <translation>形式 {0} はありません。{1} から選んでください</translation>
    </message>
    <message>
        <source>there is no format {0}: choose {1}</source>
        <translation>形式 {0} はありません。{1} を選んでください</translation>
    </message>
    <message>
        <source>there is no memory for {0} texts of {1} tokens: ask for fewer tokens or fewer texts together</source>
        <translation>{1} トークンの文章 {0} 個分のメモリがありません。トークンか、同時に作る文章を減らしてください</translation>
    </message>
    <message>
        <source>there is no packaged model {0}: choose {1}</source>
        <translation>パッケージ版のモデル {0} はありません。{1} を選んでください</translation>
    </message>
    <message>
        <source>there is no row {0}</source>
        <translation>行 {0} はありません</translation>
    </message>
    <message>
        <source>there is no tag {0}: choose among {1}</source>
        <translation>タグ {0} はありません。{1} から選んでください</translation>
    </message>
    <message>
        <source>there is no text model {0}: give a folder, a GGUF file, owner/model of the Hub, or {1}</source>
        <translation>テキストモデル {0} はありません。フォルダー、GGUF ファイル、Hub の「所有者/モデル」、{1} のいずれかを指定してください</translation>
    </message>
    <message>
        <source>there is no voice file {0}</source>
        <translation>ボイスファイル {0} はありません</translation>
    </message>
    <message>
        <source>there is nothing in this text that the model could speak</source>
        <translation>このテキストには、モデルが読み上げられる内容がありません</translation>
    </message>
    <message>
        <source>there is one recording per {0}, not per {1}</source>
        <translation>録音は {0} ごとに作成されます({1} ごとではありません)</translation>
    </message>
    <message>
        <source>this card cannot be used ({0}): choose the device cpu</source>
        <translation>このカードは使えません({0})。CPU を選んでください</translation>
    </message>
    <message>
        <source>this is no script of Bark Studio ({0}): open the text that it was made from</source>
        <translation>Bark Studio の台本ではありません ({0})。元のテキストを開いてください</translation>
    </message>
    <message>
        <source>this machine could not be examined ({0}): run main.py doctor</source>
        <translation>このコンピューターを調べられませんでした ({0})。main.py doctor を実行してください</translation>
    </message>
    <message>
        <source>this machine has no CUDA device ({0}): choose the device cpu</source>
        <translation>CUDA デバイスがありません({0})。CPU を選んでください</translation>
    </message>
    <message>
        <source>this machine has no CUDA device that torch can use: choose the device cpu</source>
        <translation>torch で使える CUDA デバイスがありません。CPU を選んでください</translation>
    </message>
    <message>
        <source>this machine has no MPS device: choose the device cpu</source>
        <translation>MPS デバイスがありません。CPU を選んでください</translation>
    </message>
    <message>
        <source>this machine has no sound output: connect a device</source>
        <translation>音声の出力先がありません。出力装置を接続してください</translation>
    </message>
    <message>
        <source>this machine has no sound output: connect one</source>
        <translation>音声の出力先がありません。接続してください</translation>
    </message>
    <message>
        <source>this machine has no {0}: choose {1}</source>
        <translation>{0} はありません。{1} を選んでください</translation>
    </message>
    <message>
        <source>this model has no voice {0}; it has {1} (`voices` lists them all)</source>
        <translation>このモデルにボイス {0} はありません。{1} などがあります</translation>
    </message>
    <message>
        <source>this model has no voice {0}; it has {1}{2} (or name an .npz file)</source>
        <translation>このモデルにボイス {0} はありません。{1}{2} があります(.npz ファイルも指定できます)</translation>
    </message>
    <message>
        <source>this model has {0} attention heads, and the compiled step knows up to {1}: choose --kernel torch</source>
        <translation>このモデルのアテンションヘッドは {0} 個ですが、コンパイル済みステップは {1} 個までです。--kernel torch を選んでください</translation>
    </message>
    <message>
        <source>this model makes at most {0} semantic tokens in one row</source>
        <translation>このモデルが 1 行に生成できるセマンティックトークンは最大 {0} 個です</translation>
    </message>
    <message>
        <source>this processor or this build of torch has no kernel for {0}: choose --precision bfloat16 or float32</source>
        <translation>この CPU またはこの torch では {0} を計算できません。精度を bfloat16 か float32 にしてください</translation>
    </message>
    <message>
        <source>this project is spoken by the model {0}, which is not here</source>
        <translation>このプロジェクトを話すモデル {0} が、ここにはありません</translation>
    </message>
    <message>
        <source>this project is spoken in {0}, and this machine computes in {1}</source>
        <translation>このプロジェクトは {0} で話されていますが、このコンピューターの計算は {1} です</translation>
    </message>
    <message>
        <source>this project is spoken in {0}, and this machine has none of it</source>
        <translation>このプロジェクトは {0} で話されていますが、このコンピューターではその計算ができません</translation>
    </message>
    <message>
        <source>this take is too short to serve as a voice: speak a whole sentence</source>
        <translation>このテイクはボイスにするには短すぎます。1 文を読み上げてください</translation>
    </message>
    <message>
        <source>this version of torch has no int8-weights for this card: choose the precision float16</source>
        <translation>このバージョンの torch では、このカードで int8-weights を使えません。精度に float16 を選んでください</translation>
    </message>
    <message>
        <source>this voice is not made up yet: render the rows first</source>
        <translation>この声はまだ作られていません。先に行を生成してください</translation>
    </message>
    <message>
        <source>torch alone makes the steps here, which is slower</source>
        <translation>ここではステップを torch だけで計算するため、遅くなります</translation>
    </message>
    <message>
        <source>two results would both be written to {0}: name another</source>
        <translation>2 つの結果が同じ {0} に書き込まれてしまいます。別の名前を指定してください</translation>
    </message>
    <message>
        <source>what comes before the prompt leaves no room in {0} tokens for it</source>
        <translation>プロンプトの前の部分だけで {0} トークンに達し、プロンプトの入る余地がありません</translation>
    </message>
    <message>
        <source>what is timed is one recording, not one per row: leave --per row out</source>
        <translation>時刻を合わせた音声は1つの録音になります。行ごとにはできません：--per row を外してください</translation>
    </message>
    <message>
        <source>what pip fetched as {0} is not the known file (its SHA-256 differs): nothing was kept</source>
        <translation>pip で取得した {0} は既知のファイルと一致しません(SHA-256 が異なります)。保存しませんでした</translation>
    </message>
    <message>
        <source>what was measured here had too few rounds to compare: measure again when other programs rest</source>
        <translation>ここでの測定は回数が少なく、比べられません。ほかのプログラムが空いているときにもう一度測定してください</translation>
    </message>
    <message>
        <source>writing needs TensorFlow, which cannot be imported ({0}): install it</source>
        <translation>文章の生成に必要な TensorFlow を読み込めません ({0})。インストールしてください</translation>
    </message>
    <message>
        <source>{0} and {1} would both be written to {2}: put {id} or {number} into the name</source>
        <translation>{0} と {1} の書き出し先がどちらも {2} です。名前に {id} または {number} を入れてください</translation>
    </message>
    <message>
        <source>{0} at {1} Hz cannot have {2} kbit/s: choose another bitrate or rate</source>
        <translation>{0} ({1} Hz) は {2} kbit/s に対応していません。別のビットレートまたはサンプルレートを選んでください</translation>
    </message>
    <message>
        <source>{0} broken characters were replaced by �.</source>
        <translation>壊れた文字 {0} 個を � に置き換えました。</translation>
    </message>
    <message>
        <source>{0} cannot be read ({1}): fetch the model again</source>
        <translation>{0} を読めません（{1}）。モデルをもう一度取得してください</translation>
    </message>
    <message>
        <source>{0} cannot be read ({1}): get the model again</source>
        <translation>{0} を読み込めません ({1})。モデルを入手し直してください</translation>
    </message>
    <message>
        <source>{0} cannot be read as WAV: {1}</source>
        <translation>{0} を WAV として読み込めません: {1}</translation>
    </message>
    <message>
        <source>{0} cannot be read: {1}; try again</source>
        <translation>{0} を読み込めません（{1}）。もう一度お試しください</translation>
    </message>
    <message>
        <source>{0} has more marks than any book: it is not read</source>
        <translation>{0} は本にしてはタグが多すぎるため、読み込みません</translation>
    </message>
    <message>
        <source>{0} has more than {1} pages: split it into several files</source>
        <translation>{0} は {1} ページを超えています。複数のファイルに分けてください</translation>
    </message>
    <message>
        <source>{0} has no subtitles that can be read: save it as SRT</source>
        <translation>{0} には読み込める字幕がありません。SRT で保存してください</translation>
    </message>
    <message>
        <source>{0} has no subtitles: a line that begins with Dialogue:</source>
        <translation>{0} には字幕 (Dialogue: で始まる行) がありません</translation>
    </message>
    <message>
        <source>{0} holds no results of a benchmark: measure again</source>
        <translation>{0} はベンチマークの結果ではありません。もう一度測定してください</translation>
    </message>
    <message>
        <source>{0} holds no results of this program: name another file</source>
        <translation>{0} はこのプログラムの測定結果ではありません。別のファイルを指定してください</translation>
    </message>
    <message>
        <source>{0} holds pictures of pages and no text: have its text recognised first (OCR)</source>
        <translation>{0} はページの画像だけで、テキストがありません。先に文字認識 (OCR) をしてください</translation>
    </message>
    <message>
        <source>{0} in {1} cannot be read ({2})</source>
        <translation>{1} の {0} を読めません（{2}）</translation>
    </message>
    <message>
        <source>{0} is an input of this run and is never replaced: choose another name</source>
        <translation>{0} は今回の入力ファイルなので置き換えません。別の名前を選んでください</translation>
    </message>
    <message>
        <source>{0} is being worked on by another run since {1} on {2}: wait for it, or take it over</source>
        <translation>{0} は {1} から {2} で別の処理が使用中です。終わるのを待つか、引き継いでください</translation>
    </message>
    <message>
        <source>{0} cannot be the id of a model: check its name</source>
        <translation>{0} はモデルの ID として正しくありません。名前を確認してください</translation>
    </message>
    <message>
        <source>Apple GPU (MPS)</source>
        <translation>Apple の GPU (MPS)</translation>
    </message>
    <message>
        <source>C compiler</source>
        <translation>C コンパイラー</translation>
    </message>
    <message>
        <source>Columns that are not used: {0}.</source>
        <translation>使わない列：{0}。</translation>
    </message>
    <message>
        <source>Hub cache</source>
        <translation>Hub のキャッシュ</translation>
    </message>
    <message>
        <source>Ids that stood more than once got a number: {0}.</source>
        <translation>重複した ID に番号を付けました：{0}。</translation>
    </message>
    <message>
        <source>JSON by a schema is written by the step in C alone: {0}</source>
        <translation>スキーマに従う JSON を作成できるのは C のステップだけです: {0}</translation>
    </message>
    <message>
        <source>JSON by a schema needs a model with an end token, and this has none</source>
        <translation>スキーマに従う JSON には終了トークンのあるモデルが必要ですが、このモデルにはありません</translation>
    </message>
    <message>
        <source>JSON by a schema needs llguidance, which is not installed: pip install &apos;bark-studio[json]&apos;</source>
        <translation>スキーマに従う JSON には llguidance が必要ですが、インストールされていません: pip install &apos;bark-studio[json]&apos;</translation>
    </message>
    <message>
        <source>PortAudio</source>
        <translation>PortAudio</translation>
    </message>
    <message>
        <source>PyTorch</source>
        <translation>PyTorch</translation>
    </message>
    <message>
        <source>Python</source>
        <translation>Python</translation>
    </message>
    <message>
        <source>Rows that stay as they were read, and would be read otherwise now by {0}: {1}; have all rows spoken anew to change that.</source>
        <translation>以前の読みのまま残した行: {1}（現在の {0} では読みが変わります）。読みを改めるには、すべての行を話し直してください。</translation>
    </message>
    <message>
        <source>Subtitles that began before zero: {0}; they begin there now.</source>
        <translation>0 秒より前に始まる字幕 {0} 件を、0 秒から始まるようにしました。</translation>
    </message>
    <message>
        <source>Subtitles that ended before they began: {0}; they were turned round.</source>
        <translation>始まる前に終わる字幕 {0} 件の、開始と終了を入れ替えました。</translation>
    </message>
    <message>
        <source>Taken for speakers: {0}.</source>
        <translation>話者とみなした名前：{0}。</translation>
    </message>
    <message>
        <source>a chat needs Jinja2, which cannot be imported ({0}): install it</source>
        <translation>会話には Jinja2 が必要ですが、読み込めません ({0})。インストールしてください</translation>
    </message>
    <message>
        <source>a group may write in {0} (chmod go-w takes the right from it)</source>
        <translation>{0} にはグループのメンバーが書き込めます (chmod go-w で書き込めないようにできます)</translation>
    </message>
    <message>
        <source>a newer driver: this torch needs CUDA {0}</source>
        <translation>新しいドライバーが必要です。この torch には CUDA {0} が必要です</translation>
    </message>
    <message>
        <source>a pause lasts 0 to {0} seconds, not {1}</source>
        <translation>間は 0～{0} 秒です: {1} は使えません</translation>
    </message>
    <message>
        <source>a row&apos;s id is a short word, not {0}</source>
        <translation>行の ID は短い語です: {0} は使えません</translation>
    </message>
    <message>
        <source>a script has at least one chapter; its title may be empty</source>
        <translation>台本には少なくとも 1 つの章が必要です。題名は空でもかまいません</translation>
    </message>
    <message>
        <source>a script is one of {0}, not {1}</source>
        <translation>台本の種類は {0} のいずれかです: {1} は使えません</translation>
    </message>
    <message>
        <source>accelerator</source>
        <translation>アクセラレーター</translation>
    </message>
    <message>
        <source>and {0} more cues that are not kept</source>
        <translation>ほかに{0}個の字幕に合いません</translation>
    </message>
    <message>
        <source>another program holds the sound output ({0}): end its sound, or connect another</source>
        <translation>ほかのプログラムが音声出力を使っています（{0}）。その音を止めるか、別の出力をつないでください</translation>
    </message>
    <message>
        <source>another take was trimmed of rows that are whole now: {0}</source>
        <translation>切り落としたのは別のテイクなので、次の行は全体が使われます：{0}</translation>
    </message>
    <message>
        <source>beam search does without</source>
        <translation>ビームサーチでは使えません</translation>
    </message>
    <message>
        <source>blocks of the type {0} are not multiplied as they lie</source>
        <translation>{0} 形式のブロックは、そのままでは乗算できません</translation>
    </message>
    <message>
        <source>cannot keep {0} in {1}: {2}</source>
        <translation>{0}を{1}に保存できません：{2}</translation>
    </message>
    <message>
        <source>choices.json of this project is damaged and is set aside: what could be read of it is kept, other rows are not locked, have no chosen take and are not trimmed.</source>
        <translation>このプロジェクトの choices.json は壊れているため、別名で残しました。読み取れた内容は引き継ぎますが、ほかの行のロック、選んだテイク、切り落としは失われました。</translation>
    </message>
    <message>
        <source>choose --kernel torch, and install the program again: its results are wrong</source>
        <translation>計算結果が正しくありません。「コンパイル済みステップ」を外し (--kernel torch)、プログラムをインストールし直してください</translation>
    </message>
    <message>
        <source>compiled at each start</source>
        <translation>起動のたびにコンパイルします</translation>
    </message>
    <message>
        <source>compiled code</source>
        <translation>コンパイル済みコード</translation>
    </message>
    <message>
        <source>compiled step</source>
        <translation>コンパイル済みステップ</translation>
    </message>
    <message>
        <source>computed in float32, not in the file&apos;s own {0}: {1}</source>
        <translation>ファイルの精度 {0} ではなく float32 で計算しました: {1}</translation>
    </message>
    <message>
        <source>connect a device, or write files with -o</source>
        <translation>出力装置を接続するか、-o でファイルに書き出してください</translation>
    </message>
    <message>
        <source>cue {0} at {1} begins {2} s late</source>
        <translation>{1}の字幕{0}は{2}秒遅れて始まります</translation>
    </message>
    <message>
        <source>cue {0} at {1} begins {2} s late and runs {3} s past its end at {4}× speed</source>
        <translation>{1}の字幕{0}は{2}秒遅れて始まり、{4}倍速でも終わりを{3}秒過ぎます</translation>
    </message>
    <message>
        <source>cue {0} at {1} begins {2} s late and runs {3} s past its end, into the next one at {4}× speed</source>
        <translation>{1}の字幕{0}は{2}秒遅れて始まり、{4}倍速でも終わりを{3}秒過ぎて次の字幕にかかります</translation>
    </message>
    <message>
        <source>cue {0} at {1} runs {2} s past its end at {3}× speed</source>
        <translation>{1}の字幕{0}は{3}倍速でも終わりを{2}秒過ぎます</translation>
    </message>
    <message>
        <source>cue {0} at {1} runs {2} s past its end, into the next one at {3}× speed</source>
        <translation>{1}の字幕{0}は{3}倍速でも終わりを{2}秒過ぎて次の字幕にかかります</translation>
    </message>
    <message>
        <source>disk</source>
        <translation>ディスク</translation>
    </message>
    <message>
        <source>free {0} before the set-up</source>
        <translation>セットアップの前に {0} の空きを作ってください</translation>
    </message>
    <message>
        <source>graphics cards do without</source>
        <translation>GPU では使えません</translation>
    </message>
    <message>
        <source>heard besides: {0}</source>
        <translation>余計に聞こえた言葉：{0}</translation>
    </message>
    <message>
        <source>here</source>
        <translation>あり</translation>
    </message>
    <message>
        <source>instructions</source>
        <translation>命令セット</translation>
    </message>
    <message>
        <source>it has {0} Hz: {1} cannot hold the model&apos;s {2} Hz</source>
        <translation>{0} Hzで書かれました：{1}はモデルの{2} Hzを持てません</translation>
    </message>
    <message>
        <source>it is {0} s longer than the {1} s that were asked for</source>
        <translation>指定の{1}秒より{0}秒長くなりました</translation>
    </message>
    <message>
        <source>its background noise is at {0} dB, where shops ask for {1} or less: try another voice</source>
        <translation>背景雑音が{0} dBあります（販売店の基準は{1}以下）：ほかの声を試してください</translation>
    </message>
    <message>
        <source>its level is {0} dB, where shops ask for {1} to {2}</source>
        <translation>音量は{0} dBです（販売店の基準は{1}から{2}）</translation>
    </message>
    <message>
        <source>its loudness is {0} LUFS and not {1}: its loud and quiet parts are too far apart</source>
        <translation>ラウドネスは{1}ではなく{0} LUFSです：大きい部分と小さい部分の差が大きすぎます</translation>
    </message>
    <message>
        <source>kept in {0}</source>
        <translation>保存場所: {0}</translation>
    </message>
    <message>
        <source>llguidance cannot read this model&apos;s tokenizer ({0})</source>
        <translation>llguidance はこのモデルのトークナイザーを読めません ({0})</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>メモリ</translation>
    </message>
    <message>
        <source>models</source>
        <translation>モデル</translation>
    </message>
    <message>
        <source>no chat can be written: no process can be started ({0})</source>
        <translation>会話を書けません。プロセスを開始できません ({0})</translation>
    </message>
    <message>
        <source>no word is heard</source>
        <translation>言葉が聞こえません</translation>
    </message>
    <message>
        <source>none</source>
        <translation>なし</translation>
    </message>
    <message>
        <source>none here, but any checkpoint folder will do</source>
        <translation>なし (チェックポイントのフォルダーを指定すれば使えます)</translation>
    </message>
    <message>
        <source>none that is seen before the set-up</source>
        <translation>セットアップ前に見つかるものはありません</translation>
    </message>
    <message>
        <source>none; the processor computes</source>
        <translation>なし (CPU で計算します)</translation>
    </message>
    <message>
        <source>not found</source>
        <translation>見つかりません</translation>
    </message>
    <message>
        <source>not installed: {0}</source>
        <translation>インストールされていません: {0}</translation>
    </message>
    <message>
        <source>not known before the set-up</source>
        <translation>セットアップ前には分かりません</translation>
    </message>
    <message>
        <source>not known on this system</source>
        <translation>このシステムでは分かりません</translation>
    </message>
    <message>
        <source>not used</source>
        <translation>使わない</translation>
    </message>
    <message>
        <source>not used; {0}</source>
        <translation>使われません。{0}</translation>
    </message>
    <message>
        <source>nothing can be heard without the packages for listening: install them with `pip install faster-whisper`, or leave --listen out</source>
        <translation>聞き取り用のパッケージがないと聞き取れません：`pip install faster-whisper` で入れるか、--listen を外してください</translation>
    </message>
    <message>
        <source>nothing can be heard: no process can be started ({0})</source>
        <translation>聞き取れません：プロセスを始められません（{0}）</translation>
    </message>
    <message>
        <source>nothing is heard any more: the recogniser was stopped</source>
        <translation>もう聞き取りません：認識器は止められました</translation>
    </message>
    <message>
        <source>nothing is left of the prompt in the model&apos;s tokens: write another</source>
        <translation>プロンプトはモデルのトークンにすると何も残りません。別のプロンプトを書いてください</translation>
    </message>
    <message>
        <source>other programs use {0} of this machine&apos;s processors: figures will be unsteady; end them and measure again</source>
        <translation>ほかのプログラムがこのコンピューターの CPU の {0} を使っています。数値が安定しません。終了してからもう一度測定してください</translation>
    </message>
    <message>
        <source>others may write in {0} (chmod go-w takes the right from them)</source>
        <translation>{0} にはほかのユーザーが書き込めます (chmod go-w で書き込めないようにできます)</translation>
    </message>
    <message>
        <source>packages</source>
        <translation>パッケージ</translation>
    </message>
    <message>
        <source>processor</source>
        <translation>プロセッサー</translation>
    </message>
    <message>
        <source>project.json of this project is damaged and is set aside: what could be read of it is kept, other voices and options start anew.</source>
        <translation>このプロジェクトの project.json は壊れているため、別名で残しました。読み取れた内容は引き継ぎますが、ほかの声と設定は初期状態に戻りました。</translation>
    </message>
    <message>
        <source>python3 main.py models get suno/bark-small   (1.7 GB)</source>
        <translation>「モデル」画面、または python3 main.py models get suno/bark-small   (1.7 GB)</translation>
    </message>
    <message>
        <source>python3 main.py models list   (any command but --help and doctor sets up)</source>
        <translation>python3 main.py models list   (--help と doctor 以外のコマンドはセットアップを行います)</translation>
    </message>
    <message>
        <source>row {0} has control characters beside its text</source>
        <translation>行 {0} のテキスト以外の欄に制御文字が含まれています</translation>
    </message>
    <message>
        <source>row {0} has control characters in its text</source>
        <translation>行 {0} のテキストに制御文字が含まれています</translation>
    </message>
    <message>
        <source>row {0} has no text: type at least one word</source>
        <translation>行 {0} にテキストがありません。1 語以上入力してください</translation>
    </message>
    <message>
        <source>row {0} lies in chapter {1}, which is missing</source>
        <translation>行 {0} の章 {1} がありません</translation>
    </message>
    <message>
        <source>row {0} was not heard: render it with a recogniser first</source>
        <translation>行 {0} はまだ聞き取られていません。先に認識器を選んで音声を作成してください</translation>
    </message>
    <message>
        <source>row {0}: a subtitle ends after its start</source>
        <translation>行 {0}: 字幕の終了は開始より後です</translation>
    </message>
    <message>
        <source>row {0}: a subtitle has a start and an end</source>
        <translation>行 {0}: 字幕には開始と終了が必要です</translation>
    </message>
    <message>
        <source>row {0}: chapters and lines are not negative</source>
        <translation>行 {0}: 章と行の番号は 0 以上です</translation>
    </message>
    <message>
        <source>says once more: {0}</source>
        <translation>繰り返された言葉：{0}</translation>
    </message>
    <message>
        <source>script.json in {0} is damaged or gone, and there are no takes to tell its rows: open the text that it was made from</source>
        <translation>{0} の script.json が壊れているか、なくなっていて、行を復元できるテイクもありません。元のテキストを開いてください</translation>
    </message>
    <message>
        <source>script.json of this project is damaged or gone: its rows are those with takes.</source>
        <translation>このプロジェクトの script.json が壊れているか、なくなっています。テイクのある行を復元しました。</translation>
    </message>
    <message>
        <source>script.json of this project is damaged or gone: {0} was read anew.</source>
        <translation>このプロジェクトの script.json が壊れているか、なくなっています。{0} を読み直しました。</translation>
    </message>
    <message>
        <source>some of its matrices are kept as plain numbers</source>
        <translation>一部の行列がブロックではない数値で保存されています</translation>
    </message>
    <message>
        <source>sound output</source>
        <translation>音声の出力先</translation>
    </message>
    <message>
        <source>system</source>
        <translation>システム</translation>
    </message>
    <message>
        <source>the model is too wide</source>
        <translation>モデルの幅が大きすぎます</translation>
    </message>
    <message>
        <source>the model&apos;s chat template ends its process: write with --no-chat</source>
        <translation>このモデルのチャットテンプレートは自分のプロセスを終わらせます。「チャットのように答える」を外してください</translation>
    </message>
    <message>
        <source>the model&apos;s chat template takes more than {0} MB of memory: write with --no-chat</source>
        <translation>このモデルのチャットテンプレートは {0} MB を超えるメモリを使います。「チャットのように答える」を外してください</translation>
    </message>
    <message>
        <source>the model&apos;s chat template takes more than {0} seconds: write with --no-chat</source>
        <translation>このモデルのチャットテンプレートは {0} 秒を超えて終わりません。「チャットのように答える」を外してください</translation>
    </message>
    <message>
        <source>the model&apos;s tokenizer gives the token {0}, and its vocabulary has {1}: they do not belong together; fetch the model again</source>
        <translation>モデルのトークナイザーがトークン {0} を返しましたが、語彙は {1} です。組み合わせが合いません。モデルをもう一度取得してください</translation>
    </message>
    <message>
        <source>the prompt has {0} tokens, but prompt and new text together have room for {1}: shorten it, or let its beginning be left out (--cut-prompt)</source>
        <translation>プロンプトは {0} トークンですが、プロンプトと新しい文章を合わせて {1} トークンまでです。短くするか、初めを省いてください（--cut-prompt）</translation>
    </message>
    <message>
        <source>the recogniser ended unexpectedly ({0})</source>
        <translation>認識器が予期せず終了しました（{0}）</translation>
    </message>
    <message>
        <source>the recogniser in {0} cannot be read ({1}): remove it and get it again</source>
        <translation>{0}の認識器を読めません（{1}）：削除して取得し直してください</translation>
    </message>
    <message>
        <source>the recogniser was ended by the system, most likely for want of memory: close other programs, or leave --listen out</source>
        <translation>認識器がシステムに終了させられました。おそらくメモリ不足です：ほかのプログラムを閉じるか、--listen を外してください</translation>
    </message>
    <message>
        <source>the schema cannot be followed: {0}</source>
        <translation>スキーマに従えません: {0}</translation>
    </message>
    <message>
        <source>the schema is no JSON: {0}</source>
        <translation>スキーマが JSON ではありません: {0}</translation>
    </message>
    <message>
        <source>the take has no word {0}</source>
        <translation>このテイクに {0} 番目の単語はありません</translation>
    </message>
    <message>
        <source>the tokenizer of this model is damaged ({0}): get the model again</source>
        <translation>このモデルのトークナイザーは壊れています（{0}）。モデルをもう一度取得してください</translation>
    </message>
    <message>
        <source>there is no form for {0} processors</source>
        <translation>{0} プロセッサー用のものはありません</translation>
    </message>
    <message>
        <source>there is no recogniser {0}: give {1}, a Hub id such as Systran/faster-whisper-small, or the folder of one</source>
        <translation>認識器{0}はありません：{1}、Systran/faster-whisper-small のようなHubのID、または認識器のフォルダを指定してください</translation>
    </message>
    <message>
        <source>there is not enough memory to listen: close other programs</source>
        <translation>聞き取るためのメモリが足りません：ほかのプログラムを閉じてください</translation>
    </message>
    <message>
        <source>there is too little text to compare by: a few sentences are needed</source>
        <translation>比較するには文章が短すぎます。数文が必要です</translation>
    </message>
    <message>
        <source>this model has no chat template: write without --chat, --system and history</source>
        <translation>このモデルには会話のひな型がありません。--chat、--system、履歴なしで書いてください</translation>
    </message>
    <message>
        <source>this project is spoken by an earlier edition of the voice that comes with the program ({0}), which is not here any more; what is spoken stays</source>
        <translation>このプロジェクトを話すのは付属のボイスの以前の版（{0}）で、今はもうここにありません。すでに話された行はそのまま残ります</translation>
    </message>
    <message>
        <source>this recogniser does not know the language {0}: take one of many languages, such as whisper-base</source>
        <translation>この認識器は言語{0}を知りません：whisper-base のような多言語のものを使ってください</translation>
    </message>
    <message>
        <source>two rows have the id {0}: ids are used once in a script</source>
        <translation>ID {0} の行が 2 つあります。台本の中で ID は一度しか使えません</translation>
    </message>
    <message>
        <source>unset HF_HUB_OFFLINE, then {0}</source>
        <translation>環境変数 HF_HUB_OFFLINE を取り消してから {0}</translation>
    </message>
    <message>
        <source>widths of the model and of its heads have to be multiples of 8</source>
        <translation>モデルとヘッドの幅は 8 の倍数でなければなりません</translation>
    </message>
    <message>
        <source>{0} (offline: HF_HUB_OFFLINE is set)</source>
        <translation>{0} (オフライン: HF_HUB_OFFLINE が設定されています)</translation>
    </message>
    <message>
        <source>{0} belongs to another user; set XDG_CACHE_HOME to a folder of your own</source>
        <translation>{0} は別のユーザーのものです。XDG_CACHE_HOME に自分のフォルダーを指定してください</translation>
    </message>
    <message>
        <source>{0} cannot hold {1} Hz: choose one of {2}</source>
        <translation>{0} は {1} Hz に対応していません。{2} から選んでください</translation>
    </message>
    <message>
        <source>{0} comes with the program and stays: it is not removed</source>
        <translation>{0} は付属のモデルのため削除できません</translation>
    </message>
    <message>
        <source>{0} dB {1} than its neighbours</source>
        <translation>前後の行との音量差 {0} dB</translation>
    </message>
    <message>
        <source>{0} declares a size below 0: it is damaged</source>
        <translation>{0} は破損しています(サイズが負の値です)</translation>
    </message>
    <message>
        <source>{0} declares {1} numbers: far too many</source>
        <translation>{0} には {1} 個の数値があり、多すぎます</translation>
    </message>
    <message>
        <source>{0} ends with none of {1}: name it so</source>
        <translation>{0} の末尾は {1} のどれでもありません。そのような名前にしてください</translation>
    </message>
    <message>
        <source>{0} exists already: remove it or name a new folder</source>
        <translation>{0} はすでに存在します。削除するか、新しいフォルダーを指定してください</translation>
    </message>
    <message>
        <source>{0} free at {1}</source>
        <translation>空き {0} ({1})</translation>
    </message>
    <message>
        <source>{0} has no subtitles: a line such as 00:00:01,000 --&gt; 00:00:02,000</source>
        <translation>{0} に字幕がありません。00:00:01,000 --&gt; 00:00:02,000 のような行が必要です</translation>
    </message>
    <message>
        <source>{0} has no tokenizer (tokenizer.json or vocab.txt): get the model again</source>
        <translation>{0} にトークナイザー (tokenizer.json または vocab.txt) がありません。モデルを入手し直してください</translation>
    </message>
    <message>
        <source>{0} has no tokenizer.json: save the tokenizer of the model there</source>
        <translation>{0} に tokenizer.json がありません。モデルのトークナイザーを保存してください</translation>
    </message>
    <message>
        <source>{0} has no words to speak: choose another file</source>
        <translation>{0} には読み上げる言葉がありません。別のファイルを選んでください</translation>
    </message>
    <message>
        <source>{0} has no {1}: only safetensors checkpoints are read</source>
        <translation>{0} に {1} がありません。読み込めるのは safetensors のチェックポイントだけです</translation>
    </message>
    <message>
        <source>{0} has {1} frames of sound for {2} semantic ids, where about {3} belong: its parts are not of one clip</source>
        <translation>{0} には {2} 個のセマンティック ID に対して {1} フレームの音声がありますが、本来は約 {3} フレームです。同じ音声から作られていません</translation>
    </message>
    <message>
        <source>{0} has {1} {2} codebooks, this model {3}: it is a voice of another model</source>
        <translation>{0} の {2} コードブックは {1} 個ですが、このモデルでは {3} 個です。別のモデルのボイスです</translation>
    </message>
    <message>
        <source>{0} holds Python objects (a pickle), which could run code: not read</source>
        <translation>{0} には、コードを実行するおそれのある Python オブジェクト (pickle) が含まれています。読み込みませんでした</translation>
    </message>
    <message>
        <source>{0} holds a model of type {1}, not bark: choose a Bark model</source>
        <translation>{0} のモデルの種類は {1} で、Bark ではありません。Bark モデルを選んでください</translation>
    </message>
    <message>
        <source>{0} holds no recogniser: it needs model.bin, config.json, tokenizer.json and vocabulary.json, as models for faster-whisper have</source>
        <translation>{0}に認識器はありません：faster-whisper用のモデルのように model.bin、config.json、tokenizer.json、vocabulary.json が必要です</translation>
    </message>
    <message>
        <source>{0} holds no weights (model.safetensors or pytorch_model.bin): get the model again</source>
        <translation>{0} に重み (model.safetensors または pytorch_model.bin) がありません。モデルを入手し直してください</translation>
    </message>
    <message>
        <source>{0} holds numbers of no size: it is damaged</source>
        <translation>{0} に大きさのない数があります。壊れています</translation>
    </message>
    <message>
        <source>{0} holds the number {1} in its {2}, where this model knows 0 to {3}: it is damaged or a voice of another model</source>
        <translation>{0} の {2} に {1} がありますが、このモデルで使えるのは 0~{3} です。破損しているか、別のモデルのボイスです</translation>
    </message>
    <message>
        <source>{0} holds {1}, but tokens are whole numbers</source>
        <translation>{0} の中身は {1} ですが、トークンは整数でなければなりません</translation>
    </message>
    <message>
        <source>{0} in {1} has shape {2}, its configuration says {3}: get the model again</source>
        <translation>{1} の {0} の形状は {2} ですが、設定では {3} です。モデルを入手し直してください</translation>
    </message>
    <message>
        <source>{0} in {1} is damaged: get the model again</source>
        <translation>{1} の {0} は破損しています。モデルを入手し直してください</translation>
    </message>
    <message>
        <source>{0} is a folder, not a voice file (.npz)</source>
        <translation>{0} はフォルダーです。ボイスファイル (.npz) を選んでください</translation>
    </message>
    <message>
        <source>{0} is a folder: name a file in it</source>
        <translation>{0} はフォルダーです。中のファイルを選んでください</translation>
    </message>
    <message>
        <source>{0} is a link</source>
        <translation>{0} はリンクです</translation>
    </message>
    <message>
        <source>{0} is a link: a project holds none; replace it by what it names</source>
        <translation>{0} はリンクです。プロジェクトにリンクは置けません。リンク先そのものと置き換えてください</translation>
    </message>
    <message>
        <source>{0} is being downloaded by another window: wait until it has ended</source>
        <translation>{0} は別のウィンドウでダウンロード中です。終わるまでお待ちください</translation>
    </message>
    <message>
        <source>{0} is being worked on by another run: wait for it, or take it over</source>
        <translation>{0} は別の処理が使用中です。終わるのを待つか、引き継いでください</translation>
    </message>
    <message>
        <source>{0} is broken ({1}): fetch the model again</source>
        <translation>{0} は破損しています ({1})。モデルを入手し直してください</translation>
    </message>
    <message>
        <source>{0} is broken or cut short ({1}): fetch it again</source>
        <translation>{0} は破損しているか途中で切れています ({1})。入手し直してください</translation>
    </message>
    <message>
        <source>{0} is broken: it does not say {1}</source>
        <translation>{0} は破損しています({1} の記述がありません)</translation>
    </message>
    <message>
        <source>{0} is broken: it names no files; fetch the model again</source>
        <translation>{0} は壊れています。ファイルの名前がありません。モデルをもう一度取得してください</translation>
    </message>
    <message>
        <source>{0} is broken: the tensor {1} is missing</source>
        <translation>{0} は破損しています: テンソル {1} がありません</translation>
    </message>
    <message>
        <source>{0} is broken: {1} cannot be read ({2})</source>
        <translation>{0} は壊れています。{1} を読めません（{2}）</translation>
    </message>
    <message>
        <source>{0} is broken: {1} should be {2} rows of {3}</source>
        <translation>{0} は壊れています: {1} は {3} が {2} 行のはずです</translation>
    </message>
    <message>
        <source>{0} is broken: {1} should be {2}, but is {3}</source>
        <translation>{0} は破損しています: {1} は {2} のはずですが、{3} です</translation>
    </message>
    <message>
        <source>{0} is chosen for its size: this processor is no faster with it</source>
        <translation>{0} は大きさのために選びました。このプロセッサでは速くなりません</translation>
    </message>
    <message>
        <source>{0} is copy-protected: only books without protection can be read</source>
        <translation>{0} はコピー防止されています。保護のない電子書籍だけを読み込めます</translation>
    </message>
    <message>
        <source>{0} is cut off</source>
        <translation>{0} は途中で切れています</translation>
    </message>
    <message>
        <source>{0} is damaged ({1}): get the program again</source>
        <translation>{0} は破損しています（{1}）。プログラムを入手し直してください</translation>
    </message>
    <message>
        <source>{0} is damaged ({1}): remove it and download it again</source>
        <translation>{0} は破損しています ({1})。削除してからダウンロードし直してください</translation>
    </message>
    <message>
        <source>{0} is damaged and is called {1} now</source>
        <translation>{0} は壊れているため、{1} という名前に変えました</translation>
    </message>
    <message>
        <source>{0} is damaged or not there: get the model again</source>
        <translation>{0} は破損しているか、見つかりません。モデルを入手し直してください</translation>
    </message>
    <message>
        <source>{0} is damaged, incomplete or no weight file: get the model again</source>
        <translation>{0} は破損しているか不完全、または重みファイルではありません。モデルを入手し直してください</translation>
    </message>
    <message>
        <source>{0} is damaged: get the model again</source>
        <translation>{0} は破損しています。モデルを入手し直してください</translation>
    </message>
    <message>
        <source>{0} is damaged: measure again</source>
        <translation>{0} は壊れています。もう一度測定してください</translation>
    </message>
    <message>
        <source>{0} is empty: choose another file</source>
        <translation>{0} は空です。別のファイルを選んでください</translation>
    </message>
    <message>
        <source>{0} is empty: its {1} holds nothing</source>
        <translation>{0} は空です({1} に内容がありません)</translation>
    </message>
    <message>
        <source>{0} is larger than {1} MB: split it into several files</source>
        <translation>{0} は {1} MB を超えています。複数のファイルに分けてください</translation>
    </message>
    <message>
        <source>{0} is made for processors: choose the precision float16 on {1}</source>
        <translation>{0} は CPU 用です。{1} では float16 を選んでください</translation>
    </message>
    <message>
        <source>{0} is missing: get the model again</source>
        <translation>{0} がありません。モデルを入手し直してください</translation>
    </message>
    <message>
        <source>{0} is neither a model folder nor a GGUF file</source>
        <translation>{0} はモデルのフォルダーでも GGUF ファイルでもありません</translation>
    </message>
    <message>
        <source>{0} is no Bark checkpoint: it has no {1}; name the folder of a transformers Bark model</source>
        <translation>{0} には {1} がなく、Bark のチェックポイントではありません。transformers 形式の Bark モデルのフォルダーを指定してください</translation>
    </message>
    <message>
        <source>{0} is no Bark checkpoint: it is not removed</source>
        <translation>{0} は Bark のチェックポイントではないため、削除しませんでした</translation>
    </message>
    <message>
        <source>{0} is no Bark model: it lacks what speaking needs; choose another</source>
        <translation>{0} は Bark モデルではありません(読み上げに必要なものがありません)。別のモデルを選んでください</translation>
    </message>
    <message>
        <source>{0} is no EPUB that can be read ({1}): open it in a reader and save it again</source>
        <translation>{0} は読み込める EPUB ではありません ({1})。別のアプリで開いて保存し直してください</translation>
    </message>
    <message>
        <source>{0} is no EPUB: it cannot be unpacked</source>
        <translation>{0} は EPUB ではありません(展開できません)</translation>
    </message>
    <message>
        <source>{0} is no HTML that can be read: save it as text</source>
        <translation>{0} は読み込める HTML ではありません。テキストとして保存してください</translation>
    </message>
    <message>
        <source>{0} is no NumPy array</source>
        <translation>{0} は NumPy 配列ではありません</translation>
    </message>
    <message>
        <source>{0} is no PDF that can be read: print it into a new one</source>
        <translation>{0} は読み込める PDF ではありません。新しい PDF として印刷し直してください</translation>
    </message>
    <message>
        <source>{0} is no RTF that can be read: save it as text</source>
        <translation>{0} は読み込める RTF ではありません。テキストとして保存してください</translation>
    </message>
    <message>
        <source>{0} is no RTF: give it the ending of what it is</source>
        <translation>{0} は RTF ではありません。中身に合った拡張子にしてください</translation>
    </message>
    <message>
        <source>{0} is no model folder: it has no {1}</source>
        <translation>{0} はモデルのフォルダーではありません({1} がありません)</translation>
    </message>
    <message>
        <source>{0} is no project of Bark Studio: open a text file</source>
        <translation>{0} は Bark Studio のプロジェクトではありません。テキストファイルを開いてください</translation>
    </message>
    <message>
        <source>{0} is no recogniser for faster-whisper: it lacks model.bin, tokenizer.json or a vocabulary; take one such as Systran/faster-whisper-small</source>
        <translation>{0}はfaster-whisper用の認識器ではありません。model.bin、tokenizer.json、語彙のいずれかがありません：Systran/faster-whisper-small のようなものを使ってください</translation>
    </message>
    <message>
        <source>{0} is no settings file ({1}): delete it or mend it</source>
        <translation>{0} は設定ファイルではありません ({1})。削除するか修正してください</translation>
    </message>
    <message>
        <source>{0} is no text file: save it as text in UTF-8</source>
        <translation>{0} はテキストファイルではありません。UTF-8 のテキストとして保存してください</translation>
    </message>
    <message>
        <source>{0} is no text: save it in UTF-8</source>
        <translation>{0} はテキストではありません。UTF-8 で保存してください</translation>
    </message>
    <message>
        <source>{0} is no tokenizer ({1})</source>
        <translation>{0} はトークナイザーではありません ({1})</translation>
    </message>
    <message>
        <source>{0} is no voice file, or a damaged one (.npz)</source>
        <translation>{0} はボイスファイル (.npz) ではないか、破損しています</translation>
    </message>
    <message>
        <source>{0} is no voice file: it has no {1}</source>
        <translation>{0} はボイスファイルではありません({1} がありません)</translation>
    </message>
    <message>
        <source>{0} is no voice file: its {1} is far too large</source>
        <translation>{0} はボイスファイルではありません({1} が大きすぎます)</translation>
    </message>
    <message>
        <source>{0} is no voice: its arrays have the wrong number of dimensions</source>
        <translation>{0} はボイスではありません(配列の次元数が違います)</translation>
    </message>
    <message>
        <source>{0} is no {1} that can be read ({2}): open it where it was written and save it again</source>
        <translation>{0} は読み込める {1} ではありません ({2})。作成したアプリで開いて保存し直してください</translation>
    </message>
    <message>
        <source>{0} is no {1}: it cannot be unpacked</source>
        <translation>{0} は {1} ではありません。展開できません</translation>
    </message>
    <message>
        <source>{0} is not a 16-bit WAV of one channel: convert it first</source>
        <translation>{0} は 16 ビット・モノラルの WAV ではありません。先に変換してください</translation>
    </message>
    <message>
        <source>{0} is not complete on this machine and the Hub did not give the rest: connect to the network, or name the folder of a model</source>
        <translation>{0} の残りを Hub から取得できませんでした。ネットワークに接続するか、モデルのフォルダーを指定してください</translation>
    </message>
    <message>
        <source>{0} is not complete on this machine and the program is offline: switch offline off to get it</source>
        <translation>{0} はまだ完全にダウンロードされておらず、オフラインになっています。オフラインを解除してください</translation>
    </message>
    <message>
        <source>{0} is not complete: download the rest</source>
        <translation>{0} は完全ではありません。残りをダウンロードしてください</translation>
    </message>
    <message>
        <source>{0} is not here yet: fetch it with `main.py models get {1}`</source>
        <translation>{0} は未ダウンロードです。「モデル」ページでダウンロードしてください</translation>
    </message>
    <message>
        <source>{0} is not in your own folder {1}</source>
        <translation>{0} は自分のフォルダー {1} の中にありません</translation>
    </message>
    <message>
        <source>{0} is not in {1}: leave the encoding out to have it found</source>
        <translation>{0} の文字コードは {1} ではありません。指定しなければ自動で判定します</translation>
    </message>
    <message>
        <source>{0} is not in {1}: there is nothing to remove</source>
        <translation>{0} は {1} にありません。削除するものはありません</translation>
    </message>
    <message>
        <source>{0} is not known: choose {1}</source>
        <translation>{0} は不明です。{1} を選んでください</translation>
    </message>
    <message>
        <source>{0} is not on this machine and the Hub did not give it: connect to the network, or choose a voice that was used before</source>
        <translation>{0} を Hub から取得できませんでした。ネットワークに接続するか、使用したことのあるボイスを選んでください</translation>
    </message>
    <message>
        <source>{0} is not on this machine and the program is offline</source>
        <translation>{0} は未ダウンロードで、オフラインになっています</translation>
    </message>
    <message>
        <source>{0} is not on this machine: download it on the page Models</source>
        <translation>{0} は未ダウンロードです。「モデル」ページでダウンロードしてください</translation>
    </message>
    <message>
        <source>{0} is not on this machine: there is nothing to remove</source>
        <translation>{0}はこのコンピューターにありません：削除するものがありません</translation>
    </message>
    <message>
        <source>{0} is not on this machine: there is nothing to verify</source>
        <translation>{0} は未ダウンロードです。検証するものはありません</translation>
    </message>
    <message>
        <source>{0} is of a newer version of this program: get that one</source>
        <translation>{0} はこのプログラムの新しい版のものです。新しい版を入れてください</translation>
    </message>
    <message>
        <source>{0} is of no kind that is read: {1} are</source>
        <translation>{0} は読み込めない種類のファイルです。読み込めるのは {1} です</translation>
    </message>
    <message>
        <source>{0} is open in another window since {1} on {2}: close it there, or take it over</source>
        <translation>{0} は {1} から {2} の別のウィンドウで開かれています。そちらで閉じるか、引き継いでください</translation>
    </message>
    <message>
        <source>{0} is protected by a password: save it without one</source>
        <translation>{0} はパスワードで保護されています。パスワードなしで保存してください</translation>
    </message>
    <message>
        <source>{0} is quantised as {1}, which cannot be read</source>
        <translation>{0} の量子化形式 {1} は読み込めません</translation>
    </message>
    <message>
        <source>{0} is spoken by {1}, not by {2}: leave that out to go on, or have all rows or the missing ones spoken anew</source>
        <translation>{0} は {2} ではなく {1} で話されています。そのまま続けるか、すべての行か足りない行を話し直してください</translation>
    </message>
    <message>
        <source>{0} is there and was not written by this program, or was changed since: choose another name or folder, --overwrite to replace it, or --number to write beside it</source>
        <translation>{0} は既にあり、このプログラムが書いたものではないか、その後に変更されています。別の名前かフォルダーを選ぶか、--overwrite で置き換えるか、--number で別名にしてください</translation>
    </message>
    <message>
        <source>{0} is too large to be results: name another file</source>
        <translation>{0} は測定結果にしては大きすぎます。別のファイルを指定してください</translation>
    </message>
    <message>
        <source>{0} leads out of {1}: remove the link or choose another name</source>
        <translation>{0} は {1} の外につながっています。リンクを削除するか、別の名前を選んでください</translation>
    </message>
    <message>
        <source>{0} names files outside its folder: do not use it</source>
        <translation>{0} はフォルダーの外のファイルを参照しています。使用しないでください</translation>
    </message>
    <message>
        <source>{0} names no sound format: end it in one of {1}</source>
        <translation>{0} からは音声形式がわかりません。拡張子を {1} のいずれかにしてください</translation>
    </message>
    <message>
        <source>{0} names {1}, which leaves the model&apos;s folder: not read</source>
        <translation>{0} が参照する {1} はモデルのフォルダーの外にあります。読み込みませんでした</translation>
    </message>
    <message>
        <source>{0} names {1}, which lies outside the folder of the model</source>
        <translation>{0} が参照する {1} はモデルのフォルダーの外にあります</translation>
    </message>
    <message>
        <source>{0} needs about {1} GB of memory, and {2} GB are free: close other programs, or take {3}</source>
        <translation>{0} には約 {1} GB のメモリが必要ですが、空きは {2} GB です。ほかのプログラムを終えるか、{3} を使ってください</translation>
    </message>
    <message>
        <source>{0} needs an x86 processor in this version of torch: choose the precision bfloat16</source>
        <translation>このバージョンの torch では {0} に x86 の CPU が必要です。bfloat16 を選んでください</translation>
    </message>
    <message>
        <source>{0} of {1} is not the known file: nothing was kept</source>
        <translation>{1}の{0}は既知のファイルではありません：何も保存しませんでした</translation>
    </message>
    <message>
        <source>{0} of {1} words not heard: {2}</source>
        <translation>{1}語のうち{0}語が聞こえません：{2}</translation>
    </message>
    <message>
        <source>{0} s long, about {1} expected</source>
        <translation>長さ {0} 秒(予測は約 {1} 秒)</translation>
    </message>
    <message>
        <source>{0} s of silence at the beginning</source>
        <translation>冒頭に {0} 秒の無音</translation>
    </message>
    <message>
        <source>{0} s of silence at the end</source>
        <translation>末尾に {0} 秒の無音</translation>
    </message>
    <message>
        <source>{0} s of silence inside</source>
        <translation>途中に {0} 秒の無音</translation>
    </message>
    <message>
        <source>{0} tokens at the beginning of a prompt were left out: the model&apos;s context has room for {1}</source>
        <translation>プロンプトの初めの {0} トークンを省きました。モデルのコンテキストは {1} トークンまでです</translation>
    </message>
    <message>
        <source>{0} unpacks to far more than a text has: it is not read</source>
        <translation>{0} は展開すると大きすぎるため、読み込みません</translation>
    </message>
    <message>
        <source>{0} unpacks to more than {1} MB of text: it is no book</source>
        <translation>{0} を展開すると {1} MB を超えるテキストになります。電子書籍ではありません</translation>
    </message>
    <message>
        <source>{0} was damaged on its way: get {1} again</source>
        <translation>{0} はダウンロード中に破損しました。{1} をもう一度入手してください</translation>
    </message>
    <message>
        <source>{0} was made by a newer Bark Studio: update this one</source>
        <translation>{0} は新しいバージョンの Bark Studio で作成されています。更新してください</translation>
    </message>
    <message>
        <source>{0} was taken over elsewhere: it can only be read here; open it again</source>
        <translation>{0} は別の場所に引き継がれました。ここでは読み取りしかできません。開き直してください</translation>
    </message>
    <message>
        <source>{0} would pass 4 GiB, the most a WAV holds: choose flac</source>
        <translation>{0} は WAV の上限の 4 GiB を超えます。FLAC を選んでください</translation>
    </message>
    <message>
        <source>{0} would pass 4 GiB, the most a WAV holds: write it in parts</source>
        <translation>{0} は WAV の上限の 4 GiB を超えます。分けて書き出してください</translation>
    </message>
    <message>
        <source>{0}, came with the program</source>
        <translation>{0}、付属のライブラリ</translation>
    </message>
    <message>
        <source>{0}, compiled here: {1}</source>
        <translation>{0}、このコンピューターでコンパイル: {1}</translation>
    </message>
    <message>
        <source>{0}, for processors; for NVIDIA cards: {1}</source>
        <translation>{0}、CPU 用。NVIDIA のカード用に入れ替えるには: {1}</translation>
    </message>
    <message>
        <source>{0}, with CUDA {1}; without its libraries: {2}</source>
        <translation>{0}、CUDA {1} 付き。CUDA なしに入れ替えるには: {2}</translation>
    </message>
    <message>
        <source>{0}, {1} cores</source>
        <translation>{0}、{1} コア</translation>
    </message>
    <message>
        <source>{0}, {1} of it free</source>
        <translation>{0} (空き {1})</translation>
    </message>
    <message>
        <source>{0}: the processor lacks {1}</source>
        <translation>{0}: プロセッサーに {1} がありません</translation>
    </message>
    <message>
        <source>{0}: {1} leaves out {2}</source>
        <translation>{0}: {1} が {2} を除いています</translation>
    </message>
    <message>
        <source>{0}: {1}; write again, and nothing is kept</source>
        <translation>{0}: {1}。もう一度書くと、何も保存せずに続けます</translation>
    </message>
    <message>
        <source>{0}; faster forms cannot be had: {1}</source>
        <translation>{0}。より速い形は使えません: {1}</translation>
    </message>
    <message>
        <source>{0}; or write a file with -o</source>
        <translation>{0}。または -o でファイルに書き出してください</translation>
    </message>
    <message>
        <source>{0}; torch has CUDA {1}</source>
        <translation>{0}。torch は CUDA {1} 用です</translation>
    </message>
    <message>
        <source>{0}; torch has no CUDA</source>
        <translation>{0}。torch は CUDA に対応していません</translation>
    </message>
    <message>
        <source>{0}; {1} of {2} results right to the bit</source>
        <translation>{0}。{2} 件中 {1} 件の計算結果がビット単位で正確</translation>
    </message>
    <message>
        <source>“{0}” was not heard where the text has it: trim at another word</source>
        <translation>「{0}」はテキストのその位置では聞き取れませんでした。別の単語で切り落としてください</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>書き出し</translation>
    </message>
    <message>
        <source>Export {0} takes</source>
        <translation>{0} 個のテイクを書き出す</translation>
    </message>
    <message>
        <source>Only what is marked, {0} to {1}</source>
        <translation>選択範囲だけ（{0}～{1}）</translation>
    </message>
    <message>
        <source>Choose …</source>
        <translation>選択…</translation>
    </message>
    <message>
        <source>&amp;Format</source>
        <translation>形式(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Sample rate</source>
        <translation>サンプルレート(&amp;S)</translation>
    </message>
    <message>
        <source>F&amp;older</source>
        <translation>フォルダー(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名前(&amp;N)</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>形式</translation>
    </message>
    <message>
        <source>Sample rate</source>
        <translation>サンプルレート</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>フォルダー</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名前</translation>
    </message>
    <message>
        <source>Give the file a name without / and \.</source>
        <translation>ファイル名に / と \ は使えません。別の名前を入力してください。</translation>
    </message>
    <message>
        <source>{0} is there already. Replace it?</source>
        <translation>{0} はすでに存在します。置き換えますか?</translation>
    </message>
    <message>
        <source>{0} of these files are there already. Replace them?</source>
        <translation>{0} 個のファイルがすでに存在します。置き換えますか?</translation>
    </message>
    <message>
        <source>As it is ({0} Hz)</source>
        <translation>変更しない ({0} Hz)</translation>
    </message>
    <message>
        <source>{0} Hz</source>
        <translation>{0} Hz</translation>
    </message>
</context>
<context>
    <name>ExportMenu</name>
    <message>
        <source>Table as Markdown…</source>
        <translation>表を Markdown で…</translation>
    </message>
    <message>
        <source>Table as CSV…</source>
        <translation>表を CSV で…</translation>
    </message>
    <message>
        <source>Results as JSON…</source>
        <translation>結果を JSON で…</translation>
    </message>
    <message>
        <source>Plot as PNG…</source>
        <translation>グラフを PNG で…</translation>
    </message>
    <message>
        <source>Plot as SVG…</source>
        <translation>グラフを SVG で…</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>書き出し</translation>
    </message>
    <message>
        <source>Written: {0}</source>
        <translation>書き出しました: {0}</translation>
    </message>
</context>
<context>
    <name>Files</name>
    <message>
        <source>Texts, tables, subtitles, books, voices</source>
        <translation>テキスト、表、字幕、電子書籍、ボイス</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>すべてのファイル</translation>
    </message>
    <message>
        <source>Open a text or a voice</source>
        <translation>テキストまたはボイスを開く</translation>
    </message>
</context>
<context>
    <name>Folder</name>
    <message>
        <source>Choose the folder that the files go into.</source>
        <translation>ファイルを入れるフォルダーを選んでください。</translation>
    </message>
    <message>
        <source>{0} is no whole path: choose the folder with the button.</source>
        <translation>{0} は完全なパスではありません。ボタンでフォルダーを選んでください。</translation>
    </message>
</context>
<context>
    <name>Formats</name>
    <message>
        <source>WAV, 16 bit</source>
        <translation>WAV、16 ビット</translation>
    </message>
    <message>
        <source>WAV, 24 bit</source>
        <translation>WAV、24 ビット</translation>
    </message>
    <message>
        <source>WAV, 32-bit float</source>
        <translation>WAV、32 ビット浮動小数点</translation>
    </message>
    <message>
        <source>FLAC, lossless</source>
        <translation>FLAC、可逆圧縮</translation>
    </message>
    <message>
        <source>OGG Vorbis</source>
        <translation>OGG Vorbis</translation>
    </message>
    <message>
        <source>MP3</source>
        <translation>MP3</translation>
    </message>
    <message>
        <source>Opus</source>
        <translation>Opus</translation>
    </message>
    <message>
        <source>M4B audiobook, AAC</source>
        <translation>M4B オーディオブック、AAC</translation>
    </message>
</context>
<context>
    <name>Heard</name>
    <message>
        <source>Listening needs other packages: install them with `pip install faster-whisper`.</source>
        <translation>聞き取りには別のパッケージが必要です：`pip install faster-whisper` で入れてください。</translation>
    </message>
    <message>
        <source>Get a recogniser on the page Models, and every take can be heard.</source>
        <translation>「モデル」のページで認識器を入手すると、どのテイクも聞き取れます。</translation>
    </message>
    <message>
        <source>Listening …</source>
        <translation>聞き取り中…</translation>
    </message>
    <message>
        <source>Heard as it was meant</source>
        <translation>意図どおりに聞き取れました</translation>
    </message>
</context>
<context>
    <name>HeardPanel</name>
    <message>
        <source>Another take</source>
        <translation>もう一度</translation>
    </message>
    <message>
        <source>Speak this once more, with another seed</source>
        <translation>別のシードでもう一度話します</translation>
    </message>
</context>
<context>
    <name>HeardText</name>
    <message>
        <source>Click a word to hear from there; its menu cuts the sound there</source>
        <translation>単語をクリックするとそこから聞けます。右クリックのメニューで、そこで音声を切れます</translation>
    </message>
    <message>
        <source>Click a word to hear from there</source>
        <translation>単語を押すとそこから聞けます</translation>
    </message>
    <message>
        <source>Cut off what is before “{0}”</source>
        <translation>「{0}」より前を切り落とす</translation>
    </message>
    <message>
        <source>Cut off what is after “{0}”</source>
        <translation>「{0}」より後を切り落とす</translation>
    </message>
    <message>
        <source>All of the sound again</source>
        <translation>音声全体に戻す</translation>
    </message>
</context>
<context>
    <name>HistoryList</name>
    <message>
        <source>Takes</source>
        <translation>テイク</translation>
    </message>
    <message>
        <source>Search text, voice, seed</source>
        <translation>テキスト、ボイス、シードを検索</translation>
    </message>
    <message>
        <source>Search takes</source>
        <translation>テイクを検索</translation>
    </message>
    <message>
        <source>Favourites only</source>
        <translation>お気に入りのみ</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>再生</translation>
    </message>
    <message>
        <source>Restore with all its settings</source>
        <translation>すべての設定とともに復元</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>お気に入り</translation>
    </message>
    <message>
        <source>Export …</source>
        <translation>書き出す…</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比較</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>削除</translation>
    </message>
    <message>
        <source>Undo delete</source>
        <translation>削除を取り消す</translation>
    </message>
    <message>
        <source>Take deleted.</source>
        <translation>テイクを削除しました。</translation>
    </message>
    <message>
        <source>{0} takes deleted.</source>
        <translation>{0} 個のテイクを削除しました。</translation>
    </message>
    <message>
        <source>Nothing found.</source>
        <translation>見つかりませんでした。</translation>
    </message>
    <message>
        <source>What you speak is kept here.</source>
        <translation>作成した音声はここに保存されます。</translation>
    </message>
</context>
<context>
    <name>HistoryModel</name>
    <message>
        <source>{0} s</source>
        <translation>{0} 秒</translation>
    </message>
    <message>
        <source>RTF {0}</source>
        <translation>RTF {0}</translation>
    </message>
    <message>
        <source>made-up voice</source>
        <translation>おまかせの声</translation>
    </message>
    <message>
        <source>seed {0}</source>
        <translation>シード {0}</translation>
    </message>
    <message>
        <source>take {0}</source>
        <translation>テイク {0}</translation>
    </message>
    <message>
        <source>partial: stopped</source>
        <translation>途中まで (停止)</translation>
    </message>
    <message>
        <source>probably cut</source>
        <translation>途中で切れた可能性あり</translation>
    </message>
</context>
<context>
    <name>HowPanel</name>
    <message>
        <source>A row that fails its check is spoken again, so many times</source>
        <translation>検査に合格しなかった行を、この回数まで作り直します</translation>
    </message>
    <message>
        <source>The same voice throughout</source>
        <translation>全体を同じボイスで</translation>
    </message>
    <message>
        <source>Go on from the row before</source>
        <translation>前の行から続ける</translation>
    </message>
    <message>
        <source>Going on sounds more connected, drifts in time, and makes rows one after another instead of together</source>
        <translation>続けると自然につながりますが、次第に声が変化し、行をまとめずに 1 行ずつ作成します</translation>
    </message>
    <message>
        <source>never</source>
        <translation>なし</translation>
    </message>
    <message>
        <source>Every so many rows start from the speaker&apos;s voice again</source>
        <translation>この行数ごとに、話者のボイスから始め直します</translation>
    </message>
    <message>
        <source>Pronunciation</source>
        <translation>読み方</translation>
    </message>
    <message>
        <source>What is spoken instead: from==to, or /pattern/==to, a line each</source>
        <translation>置き換えて読み上げる語。「元==先」または「/パターン/==先」を 1 行に 1 つ</translation>
    </message>
    <message>
        <source>Numbers and abbreviations in words</source>
        <translation>数字と略語を言葉で読む</translation>
    </message>
    <message>
        <source>$3.50 in 1999 is spoken as three dollars fifty in nineteen ninety-nine; rows that hold such are spoken anew when this changes</source>
        <translation>「1999年に3.5%」は「千九百九十九年に三点五パーセント」と読みます。切り替えると、数字や略語のある行は読み直されます</translation>
    </message>
    <message>
        <source>Takes at most</source>
        <translation>テイクの上限</translation>
    </message>
    <message>
        <source>Voice</source>
        <translation>ボイス</translation>
    </message>
    <message>
        <source>Anew every</source>
        <translation>始め直す間隔</translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <source>Model</source>
        <translation>モデル</translation>
    </message>
    <message>
        <source>Numbers and abbreviations in words</source>
        <translation>数字と略語を言葉で読む</translation>
    </message>
    <message>
        <source>$3.50 in 1999 is spoken as three dollars fifty in nineteen ninety-nine</source>
        <translation>「1999年に3.5%」は「千九百九十九年に三点五パーセント」と読みます</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>テイク</translation>
    </message>
    <message>
        <source>Model and voice</source>
        <translation>モデルとボイス</translation>
    </message>
    <message>
        <source>Speed and memory</source>
        <translation>速度とメモリ</translation>
    </message>
    <message>
        <source>Advice</source>
        <translation>おすすめの設定</translation>
    </message>
    <message>
        <source>Sampling and seed</source>
        <translation>サンプリングとシード</translation>
    </message>
    <message>
        <source>Get a model…</source>
        <translation>モデルを入手…</translation>
    </message>
</context>
<context>
    <name>KeyboardDialog</name>
    <message>
        <source>Keyboard</source>
        <translation>キーボード操作</translation>
    </message>
    <message>
        <source>Speak the text</source>
        <translation>テキストを読み上げる</translation>
    </message>
    <message>
        <source>Stop the work and the sound</source>
        <translation>処理と再生を停止</translation>
    </message>
    <message>
        <source>Play and pause, where no text is being typed</source>
        <translation>再生と一時停止(文字の入力中を除く)</translation>
    </message>
    <message>
        <source>Open a text or a voice</source>
        <translation>テキストまたはボイスを開く</translation>
    </message>
    <message>
        <source>Export the take</source>
        <translation>テイクを書き出す</translation>
    </message>
    <message>
        <source>Speak</source>
        <translation>読み上げ</translation>
    </message>
    <message>
        <source>Script</source>
        <translation>台本</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>すべての画面</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>文章</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>モデル</translation>
    </message>
    <message>
        <source>Benchmark</source>
        <translation>測定</translation>
    </message>
    <message>
        <source>In the list of takes: restore with all its settings</source>
        <translation>テイクの一覧: すべての設定とともに復元</translation>
    </message>
    <message>
        <source>In the list of takes: favourite</source>
        <translation>テイクの一覧: お気に入り</translation>
    </message>
    <message>
        <source>In the list of takes: delete</source>
        <translation>テイクの一覧: 削除</translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation>環境設定</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>終了</translation>
    </message>
    <message>
        <source>This page</source>
        <translation>このページ</translation>
    </message>
    <message>
        <source>Make every take that is missing</source>
        <translation>足りないテイクをすべて作る</translation>
    </message>
    <message>
        <source>Play the selected rows</source>
        <translation>選択した行を再生</translation>
    </message>
    <message>
        <source>Play from here</source>
        <translation>ここから再生</translation>
    </message>
    <message>
        <source>Edit the text of the row</source>
        <translation>行のテキストを編集</translation>
    </message>
    <message>
        <source>Make a new take</source>
        <translation>新しいテイクを作成</translation>
    </message>
    <message>
        <source>Lock or unlock</source>
        <translation>ロック/ロック解除</translation>
    </message>
    <message>
        <source>New row below</source>
        <translation>下に新しい行</translation>
    </message>
    <message>
        <source>Delete the selected rows</source>
        <translation>選択した行を削除</translation>
    </message>
    <message>
        <source>Find rows by their words</source>
        <translation>言葉で行を検索</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>やり直す</translation>
    </message>
    <message>
        <source>Write the recordings</source>
        <translation>録音を書き出す</translation>
    </message>
</context>
<context>
    <name>LeftOut</name>
    <message>
        <source>blocks of code</source>
        <translation>コードブロック</translation>
    </message>
    <message>
        <source>colophons</source>
        <translation>奥付</translation>
    </message>
    <message>
        <source>comments</source>
        <translation>コメント</translation>
    </message>
    <message>
        <source>covers that sound files cannot have</source>
        <translation>音声ファイルに入れられない表紙</translation>
    </message>
    <message>
        <source>cues without a time</source>
        <translation>時刻のない字幕</translation>
    </message>
    <message>
        <source>cues without words</source>
        <translation>言葉のない字幕</translation>
    </message>
    <message>
        <source>explanations of marks</source>
        <translation>記号の説明</translation>
    </message>
    <message>
        <source>formulas</source>
        <translation>数式</translation>
    </message>
    <message>
        <source>hidden passages</source>
        <translation>隠された箇所</translation>
    </message>
    <message>
        <source>lines beside the main text</source>
        <translation>本文以外の行</translation>
    </message>
    <message>
        <source>lines of the contents</source>
        <translation>目次の行</translation>
    </message>
    <message>
        <source>marks of the engine</source>
        <translation>エンジンの記号</translation>
    </message>
    <message>
        <source>notes</source>
        <translation>注</translation>
    </message>
    <message>
        <source>notes of the editor</source>
        <translation>入力者の注記</translation>
    </message>
    <message>
        <source>page heads and feet</source>
        <translation>ページの柱</translation>
    </message>
    <message>
        <source>page numbers</source>
        <translation>ページ番号</translation>
    </message>
    <message>
        <source>pages beside the text</source>
        <translation>本文から外れたページ</translation>
    </message>
    <message>
        <source>pages that are too full</source>
        <translation>文字が多すぎるページ</translation>
    </message>
    <message>
        <source>pages that cannot be found</source>
        <translation>見つからないページ</translation>
    </message>
    <message>
        <source>pages without text</source>
        <translation>文字のないページ</translation>
    </message>
    <message>
        <source>pictures</source>
        <translation>図</translation>
    </message>
    <message>
        <source>pictures without a text</source>
        <translation>説明のない画像</translation>
    </message>
    <message>
        <source>repeated pages</source>
        <translation>繰り返されたページ</translation>
    </message>
    <message>
        <source>rows without words</source>
        <translation>言葉のない行</translation>
    </message>
    <message>
        <source>tables of contents</source>
        <translation>目次</translation>
    </message>
    <message>
        <source>web addresses</source>
        <translation>ウェブアドレス</translation>
    </message>
</context>
<context>
    <name>ListenPanel</name>
    <message>
        <source>Takes that are not heard as they were meant are spoken again, up to the most</source>
        <translation>意図どおりに聞こえないテイクは、上限まで話し直します</translation>
    </message>
    <message>
        <source> %</source>
        <translation> %</translation>
    </message>
    <message>
        <source>as usual</source>
        <translation>標準</translation>
    </message>
    <message>
        <source>How many of a row&apos;s words may be heard otherwise before it is spoken again</source>
        <translation>行の単語がどれだけ違って聞こえたら話し直すか</translation>
    </message>
    <message>
        <source>Heard by</source>
        <translation>聞き手</translation>
    </message>
    <message>
        <source>Words amiss</source>
        <translation>違う単語</translation>
    </message>
    <message>
        <source>Nobody</source>
        <translation>なし</translation>
    </message>
    <message>
        <source>{} (not here)</source>
        <translation>{}（ここにはありません）</translation>
    </message>
    <message>
        <source>Listening needs other packages: install them with `pip install faster-whisper`.</source>
        <translation>聞き取りには別のパッケージが必要です：`pip install faster-whisper` で入れてください。</translation>
    </message>
    <message>
        <source>Get a recogniser on the page Models, and every take can be heard.</source>
        <translation>「モデル」のページで認識器を入手すると、どのテイクも聞き取れます。</translation>
    </message>
</context>
<context>
    <name>MachineDialog</name>
    <message>
        <source>About this machine</source>
        <translation>このコンピューターについて</translation>
    </message>
    <message>
        <source>Looking at this machine, some seconds…</source>
        <translation>このコンピューターを調べています(数秒かかります)…</translation>
    </message>
    <message>
        <source>Report about this machine</source>
        <translation>このコンピューターのレポート</translation>
    </message>
    <message>
        <source>Looking at this machine</source>
        <translation>このコンピューターを調べています</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Copy the report</source>
        <translation>レポートをコピー</translation>
    </message>
    <message>
        <source>to mend it: {0}</source>
        <translation>対処: {0}</translation>
    </message>
    <message>
        <source>{0} to mend, marked with !</source>
        <translation>対処が必要なもの {0} 件 (! の行)</translation>
    </message>
    <message>
        <source>Nothing is lacking.</source>
        <translation>不足しているものはありません。</translation>
    </message>
</context>
<context>
    <name>Message</name>
    <message>
        <source>Note</source>
        <translation>お知らせ</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Dismiss the message</source>
        <translation>メッセージを閉じる</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>注意</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>エラー</translation>
    </message>
</context>
<context>
    <name>Meter</name>
    <message>
        <source>Memory</source>
        <translation>メモリ</translation>
    </message>
    <message>
        <source>Accelerator</source>
        <translation>アクセラレーター</translation>
    </message>
    <message>
        <source>{0} free</source>
        <translation>空き {0}</translation>
    </message>
    <message>
        <source>last job {0}</source>
        <translation>前回の処理 {0}</translation>
    </message>
    <message>
        <source>peak {0}</source>
        <translation>最大 {0}</translation>
    </message>
    <message>
        <source>foretold {0}</source>
        <translation>予測 {0}</translation>
    </message>
    <message>
        <source>others {0}</source>
        <translation>ほかのアプリ {0}</translation>
    </message>
</context>
<context>
    <name>ModelBox</name>
    <message>
        <source>Text model</source>
        <translation>テキストモデル</translation>
    </message>
    <message>
        <source>Get a model…</source>
        <translation>モデルを入手…</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>Progress of {model}</source>
        <translation>{model} の進行状況</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用する</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>ダウンロード</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>一時停止</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>フォルダーを開く</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>検証</translation>
    </message>
    <message>
        <source>Read every file again and look for damage</source>
        <translation>すべてのファイルを読み直し、破損がないか調べます</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>削除…</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>再開</translation>
    </message>
    <message>
        <source>Switch Offline off to download</source>
        <translation>ダウンロードするにはオフラインを解除してください</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>comes with the program: speaks English and Japanese, small and fast</source>
        <translation>付属のモデル。英語と日本語を話し、小さく高速</translation>
    </message>
    <message>
        <source>speaks 13 languages, laughs and sings</source>
        <translation>13 言語を話し、笑い、歌う</translation>
    </message>
    <message>
        <source>the large one: better sound, about three times the work</source>
        <translation>大きいモデル。音質が良く、処理量は約 3 倍</translation>
    </message>
    <message>
        <source>continues short English texts</source>
        <translation>短い英文の続きを書く</translation>
    </message>
    <message>
        <source>{name} licence</source>
        <translation>{name} ライセンス</translation>
    </message>
    <message>
        <source>On this machine: {folder}</source>
        <translation>保存場所: {folder}</translation>
    </message>
    <message>
        <source>Half downloaded ({size} so far); Resume fetches the rest</source>
        <translation>ダウンロードの途中です({size} まで完了)。「再開」で残りを取得します</translation>
    </message>
    <message>
        <source>Not on this machine; {size} to download</source>
        <translation>未ダウンロード({size})</translation>
    </message>
    <message>
        <source>Not on this machine</source>
        <translation>未ダウンロード</translation>
    </message>
    <message>
        <source>Waiting…</source>
        <translation>待機中…</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} / {total}</translation>
    </message>
    <message>
        <source>Reading: {done} of {total}</source>
        <translation>読み込み中: {done} / {total}</translation>
    </message>
    <message>
        <source>{model} is complete and undamaged.</source>
        <translation>{model} は完全で、破損はありません。</translation>
    </message>
    <message>
        <source>{model} is on this machine now.</source>
        <translation>{model} のダウンロードが完了しました。</translation>
    </message>
    <message>
        <source>{model} was removed.</source>
        <translation>{model} を削除しました。</translation>
    </message>
    <message>
        <source>{model} looks undamaged: headers and syntax were checked, for lack of hashes.</source>
        <translation>{model} に破損は見当たりません。照合するハッシュがないため、ヘッダーと構文だけを確認しました。</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>停止しています…</translation>
    </message>
    <message>
        <source>Delete {model} ({size}) from this machine?</source>
        <translation>{model}({size})をこのコンピューターから削除しますか?</translation>
    </message>
    <message>
        <source>It can be downloaded again.</source>
        <translation>あとでもう一度ダウンロードできます。</translation>
    </message>
    <message>
        <source>Remove the model?</source>
        <translation>モデルの削除</translation>
    </message>
</context>
<context>
    <name>ModelsView</name>
    <message>
        <source>Offline</source>
        <translation>オフライン</translation>
    </message>
    <message>
        <source>Nothing is fetched from the network, not even a voice of a model</source>
        <translation>ネットワークから何も取得しません(モデルのボイスも含みます)</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>フォルダーを開く</translation>
    </message>
    <message>
        <source>Open the folder of downloaded models</source>
        <translation>ダウンロードしたモデルのフォルダーを開く</translation>
    </message>
    <message>
        <source>Listening needs other packages: install them with `pip install faster-whisper`.</source>
        <translation>聞き取りには別のパッケージが必要です：`pip install faster-whisper` で入れてください。</translation>
    </message>
    <message>
        <source>owner/model</source>
        <translation>所有者/モデル</translation>
    </message>
    <message>
        <source>Id of another Bark model on the Hugging Face Hub</source>
        <translation>Hugging Face Hub にある別の Bark モデルの ID</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>ダウンロード</translation>
    </message>
    <message>
        <source>Download the model with this id</source>
        <translation>この ID のモデルをダウンロード</translation>
    </message>
    <message>
        <source>Downloaded models are kept in {folder} · {free} free</source>
        <translation>モデルの保存場所: {folder} · 空き {free}</translation>
    </message>
    <message>
        <source>Another Bark model of the Hugging Face Hub</source>
        <translation>Hugging Face Hub の別の Bark モデル</translation>
    </message>
    <message>
        <source>Speech</source>
        <translation>音声</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>テキスト</translation>
    </message>
    <message>
        <source>Listening</source>
        <translation>聞き取り</translation>
    </message>
</context>
<context>
    <name>OneWindow</name>
    <message>
        <source>Another window of Bark Studio is open and does not answer. This is a second one.</source>
        <translation>Bark Studio の別のウィンドウが開いていますが、応答しません。これは 2 つ目のウィンドウです。</translation>
    </message>
</context>
<context>
    <name>Options</name>
    <message>
        <source>Fused attention</source>
        <translation>融合アテンション</translation>
    </message>
    <message>
        <source>Never stores the attention matrix: faster, with less memory.</source>
        <translation>アテンション行列を保持しません。高速で省メモリです。</translation>
    </message>
    <message>
        <source>Compiled step</source>
        <translation>コンパイル済みステップ</translation>
    </message>
    <message>
        <source>Our own machine code for each token: two to three times faster.</source>
        <translation>トークンごとの計算を専用の機械語で行います。2~3 倍高速です。</translation>
    </message>
    <message>
        <source>Offload to main memory</source>
        <translation>メインメモリへのオフロード</translation>
    </message>
    <message>
        <source>One stage at a time on the accelerator: much less video memory.</source>
        <translation>1 段階ずつアクセラレーターに載せます。ビデオメモリを大幅に節約します。</translation>
    </message>
    <message>
        <source>Batching</source>
        <translation>バッチ処理</translation>
    </message>
    <message>
        <source>Several sentences at once: faster in all, the first is heard later.</source>
        <translation>複数の文をまとめて処理します。全体は速くなりますが、最初の文が聞こえるのは遅くなります。</translation>
    </message>
    <message>
        <source>Long window</source>
        <translation>長いウィンドウ</translation>
    </message>
    <message>
        <source>Reads less of the earlier sound again: a little faster.</source>
        <translation>前の音声の読み直しを減らします。少し高速です。</translation>
    </message>
    <message>
        <source>No padding</source>
        <translation>パディングなし</translation>
    </message>
    <message>
        <source>Short sentences are not filled up with silence: less work. In bfloat16 and int8 it is so until you say otherwise: a recogniser hears no difference there.</source>
        <translation>短い文を無音で埋めず、計算を減らします。bfloat16 と int8 では指定がなければこうなります。音声認識で聞き比べて差がなかったためです。</translation>
    </message>
    <message>
        <source>Early sound</source>
        <translation>先行再生</translation>
    </message>
    <message>
        <source>Hear a sentence before it is finished, for 1.7 times the work.</source>
        <translation>文の完成を待たずに聞けます。処理量は 1.7 倍です。</translation>
    </message>
    <message>
        <source>Where to compute</source>
        <translation>計算に使う装置</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自動</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>NVIDIA card (CUDA)</source>
        <translation>NVIDIA の GPU (CUDA)</translation>
    </message>
    <message>
        <source>Apple card (MPS)</source>
        <translation>Apple の GPU (MPS)</translation>
    </message>
    <message>
        <source>Sentences at once:</source>
        <translation>同時に処理する文:</translation>
    </message>
    <message>
        <source>Sentences at once</source>
        <translation>同時に処理する文</translation>
    </message>
    <message>
        <source>Compute on</source>
        <translation>計算装置</translation>
    </message>
    <message>
        <source>The usual settings</source>
        <translation>標準の設定に戻す</translation>
    </message>
    <message>
        <source>Take back every choice of this card</source>
        <translation>このカードの選択をすべて元に戻します</translation>
    </message>
    <message>
        <source>Looking whether there is an accelerator …</source>
        <translation>アクセラレーターを探しています…</translation>
    </message>
    <message>
        <source>Works with fused attention only: tick that too.</source>
        <translation>融合アテンションと一緒でのみ働きます。そちらにもチェックを入れてください。</translation>
    </message>
    <message>
        <source>Needs an accelerator, and the processor is chosen to compute on.</source>
        <translation>アクセラレーターが必要ですが、計算装置にプロセッサーが選ばれています。</translation>
    </message>
    <message>
        <source>8 bits are made for processors: take 16 bits on a card.</source>
        <translation>8 ビットはプロセッサー用です。カードでは 16 ビットを選んでください。</translation>
    </message>
    <message>
        <source>16 bits of this kind need a card.</source>
        <translation>この種類の 16 ビットにはカードが必要です。</translation>
    </message>
</context>
<context>
    <name>Outlook</name>
    <message>
        <source>Sentence {0} of {1}</source>
        <translation>{1} 文中 {0} 文目</translation>
    </message>
    <message>
        <source>{0} of {1} sentences are made</source>
        <translation>{1} 文中 {0} 文が完了</translation>
    </message>
    <message>
        <source>about {0} left</source>
        <translation>残り約 {0}</translation>
    </message>
    <message>
        <source>almost done</source>
        <translation>まもなく完了</translation>
    </message>
    <message>
        <source>{} s</source>
        <translation>{} 秒</translation>
    </message>
    <message>
        <source>{} min</source>
        <translation>{} 分</translation>
    </message>
</context>
<context>
    <name>PinPanel</name>
    <message>
        <source>Speak all rows anew…</source>
        <translation>すべての行を話し直す…</translation>
    </message>
    <message>
        <source>With the model and the settings of the page Speak; earlier takes stay</source>
        <translation>「読み上げ」ページのモデルと設定で話します。前のテイクは残ります</translation>
    </message>
    <message>
        <source>Speak missing rows otherwise…</source>
        <translation>足りない行を今の設定で話す…</translation>
    </message>
    <message>
        <source>With the model and the settings of the page Speak; finished rows stay</source>
        <translation>「読み上げ」ページのモデルと設定で話します。できた行はそのままです</translation>
    </message>
    <message>
        <source>The first take settles model and numbers, by what the page Speak says then; now {}. All rows are spoken by them.</source>
        <translation>最初のテイクでモデルと計算方法が決まります。そのときの「読み上げ」ページの設定です (今は {})。すべての行がそれで話されます。</translation>
    </message>
    <message>
        <source>Spoken by {}.</source>
        <translation>{} で話されています。</translation>
    </message>
    <message>
        <source>Some rows are by {}.</source>
        <translation>一部の行は {} によるものです。</translation>
    </message>
    <message>
        <source>Speak all rows with {}? The takes of now do not count any more; they stay to be chosen from. Locked rows stay as they are.</source>
        <translation>すべての行を {} で話しますか？今のテイクは使われなくなりますが、選べるように残ります。ロックした行はそのままです。</translation>
    </message>
    <message>
        <source>All rows anew</source>
        <translation>すべての行を話し直す</translation>
    </message>
    <message>
        <source>Speak the rows that have no take yet with {}? The finished rows stay; the table says which are by something else.</source>
        <translation>まだテイクのない行を {} で話しますか？できた行はそのままで、別のもので話された行は表に示されます。</translation>
    </message>
    <message>
        <source>Missing rows otherwise</source>
        <translation>足りない行を今の設定で</translation>
    </message>
    <message>
        <source>Another voice or other numbers</source>
        <translation>別の声、または別の計算方法</translation>
    </message>
    <message>
        <source>{} can speak instead: the missing rows, or all of them anew.</source>
        <translation>代わりに {} で話せます。足りない行だけか、すべての行を話し直します。</translation>
    </message>
    <message>
        <source>Missing rows</source>
        <translation>足りない行</translation>
    </message>
</context>
<context>
    <name>PlanPanel</name>
    <message>
        <source>{0} tokens</source>
        <translation>{0} トークン</translation>
    </message>
    <message>
        <source>Semantic tokens of a row; the more, the longer a sentence and a round</source>
        <translation>1 行のセマンティックトークンの数です。多いほど文もラウンドも長くなります</translation>
    </message>
    <message>
        <source>Every combination</source>
        <translation>すべての組み合わせ</translation>
    </message>
    <message>
        <source>Instead of each alone and all together; takes very long</source>
        <translation>1 つずつと全部の代わりに、すべてを組み合わせます。とても時間がかかります</translation>
    </message>
    <message>
        <source>transformers beside ours</source>
        <translation>transformers とも比べる</translation>
    </message>
    <message>
        <source>Its Bark: plain, in half precision, offloaded</source>
        <translation>transformers の Bark: そのまま、半精度、オフロード</translation>
    </message>
    <message>
        <source>The package transformers is not installed</source>
        <translation>パッケージ transformers がインストールされていません</translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation>分</translation>
    </message>
    <message>
        <source>Rounds</source>
        <translation>ラウンド</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行数</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>モデル</translation>
    </message>
    <message>
        <source>Length of a row</source>
        <translation>1 行の長さ</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>上限</translation>
    </message>
    <message>
        <source>What is compared</source>
        <translation>比べるもの</translation>
    </message>
    <message>
        <source>How long</source>
        <translation>測定の長さ</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>アテンション</translation>
    </message>
    <message>
        <source>Fused against eager, which stores the whole matrix</source>
        <translation>融合と、行列全体を保存する通常の方式との比較</translation>
    </message>
    <message>
        <source>Step of a token</source>
        <translation>トークンごとのステップ</translation>
    </message>
    <message>
        <source>Our compiled step against torch&apos;s</source>
        <translation>コンパイル済みステップと torch との比較</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>float32 against smaller numbers</source>
        <translation>float32 と、より小さい数値との比較</translation>
    </message>
    <message>
        <source>Rows together</source>
        <translation>同時に読み上げる行</translation>
    </message>
    <message>
        <source>Several sentences at once against one by one</source>
        <translation>複数の文を同時に作る方法と 1 文ずつ作る方法との比較</translation>
    </message>
    <message>
        <source>Offload</source>
        <translation>オフロード</translation>
    </message>
    <message>
        <source>One stage at a time on an accelerator</source>
        <translation>アクセラレーターに段階を 1 つずつ置きます</translation>
    </message>
    <message>
        <source>Padding</source>
        <translation>パディング</translation>
    </message>
    <message>
        <source>Short sentences filled up with silence, or not</source>
        <translation>短い文を無音で埋めるかどうか</translation>
    </message>
    <message>
        <source>Long window</source>
        <translation>長いウィンドウ</translation>
    </message>
    <message>
        <source>Less of the earlier sound read again</source>
        <translation>前の音声の読み直しを減らします</translation>
    </message>
    <message>
        <source>No model is here that could be measured: get one on the page Models.</source>
        <translation>測定できるモデルがここにありません。「モデル」のページで入手してください。</translation>
    </message>
    <message>
        <source>Choose something to compare.</source>
        <translation>比べるものを選んでください。</translation>
    </message>
    <message>
        <source>How long it takes is being looked at…</source>
        <translation>かかる時間を調べています…</translation>
    </message>
    <message>
        <source>Cases: {0}. How long they take is known after the first round.</source>
        <translation>ケース: {0}。かかる時間は最初のラウンドのあとでわかります。</translation>
    </message>
    <message>
        <source>Cases: {0}. At most {1} minutes, and at least one round; less where all is known to 2 % earlier.</source>
        <translation>ケース: {0}。最長 {1} 分、少なくとも 1 ラウンド。すべてが 2 % まで確かになれば早く終わります。</translation>
    </message>
    <message>
        <source>Cases: {0}. About {1} minutes, by what was measured here before.</source>
        <translation>ケース: {0}。以前の測定によると約 {1} 分です。</translation>
    </message>
</context>
<context>
    <name>Player</name>
    <message>
        <source>The sound output has gone. The sound goes on on the default one.</source>
        <translation>音声の出力先が使えなくなりました。既定の出力先で再生を続けます。</translation>
    </message>
    <message>
        <source>{0} has gone. The sound goes on on the default output.</source>
        <translation>{0} が使えなくなりました。既定の出力先で再生を続けます。</translation>
    </message>
    <message>
        <source>Another program holds {0}. The sound goes on on the default output.</source>
        <translation>ほかのプログラムが {0} を使っています。音は既定の出力で続きます。</translation>
    </message>
    <message>
        <source>{0} does not open. The sound goes on on the default output.</source>
        <translation>{0} を開けません。音は既定の出力で続きます。</translation>
    </message>
    <message>
        <source>Nothing can be heard without PortAudio ({0}). Takes are made all the same, and can be exported.</source>
        <translation>PortAudio がないため再生できません({0})。音声の作成と書き出しは行えます。</translation>
    </message>
    <message>
        <source>Another program holds the sound output. End its sound and press play, or choose another output; takes are made all the same, and can be exported.</source>
        <translation>ほかのプログラムが音声出力を使っています。その音を止めて再生を押すか、別の出力を選んでください。テイクは作られ、書き出しもできます。</translation>
    </message>
    <message>
        <source>The sound output opens and plays nothing. Choose another one and press play; takes are made all the same, and can be exported.</source>
        <translation>音声出力は開きますが、音が出ません。別の出力を選んで再生を押してください。テイクは作られ、書き出しもできます。</translation>
    </message>
    <message>
        <source>The sound output does not open ({0}). Choose another one and press play; takes are made all the same, and can be exported.</source>
        <translation>音声出力を開けません（{0}）。別の出力を選んで再生を押してください。テイクは作られ、書き出しもできます。</translation>
    </message>
    <message>
        <source>There is no sound output. Connect one and press play; takes are made all the same, and can be exported.</source>
        <translation>音声の出力先がありません。接続してから再生してください。音声の作成と書き出しは行えます。</translation>
    </message>
</context>
<context>
    <name>Plot</name>
    <message>
        <source>Rows spoken together</source>
        <translation>同時に読み上げる行</translation>
    </message>
    <message>
        <source>Rows a second</source>
        <translation>行/秒</translation>
    </message>
    <message>
        <source>No way to compute was measured with several numbers of rows.</source>
        <translation>行数を変えて測定した計算方法がありません。</translation>
    </message>
    <message>
        <source>Of {0} lines the first {1}.</source>
        <translation>{0} 本のうち最初の {1} 本です。</translation>
    </message>
    <message>
        <source>The most: {0} rows a second, {1}</source>
        <translation>最高: 毎秒 {0} 行、{1}</translation>
    </message>
    <message>
        <source>Latency of a call, seconds</source>
        <translation>1 回の時間 (秒)</translation>
    </message>
    <message>
        <source>Memory, GB</source>
        <translation>メモリ (GB)</translation>
    </message>
    <message>
        <source>Nothing is both quicker and smaller than: {0}</source>
        <translation>これより速くて小さいものはありません: {0}</translation>
    </message>
    <message>
        <source>Seconds of a row</source>
        <translation>1 行の秒数</translation>
    </message>
    <message>
        <source>The middle half of all rounds, the median, and the extremes.</source>
        <translation>全ラウンドの中央の半分、中央値、最小と最大です。</translation>
    </message>
    <message>
        <source>Medians of the rounds; rows spoken together share a call.</source>
        <translation>ラウンドの中央値です。同時に読み上げる行は 1 回の時間を分け合います。</translation>
    </message>
</context>
<context>
    <name>Plots</name>
    <message>
        <source>Latency and memory</source>
        <translation>時間とメモリ</translation>
    </message>
    <message>
        <source>Throughput</source>
        <translation>スループット</translation>
    </message>
    <message>
        <source>Stages</source>
        <translation>段階</translation>
    </message>
    <message>
        <source>Spread</source>
        <translation>ばらつき</translation>
    </message>
    <message>
        <source>The plots are being got ready…</source>
        <translation>グラフを準備しています…</translation>
    </message>
    <message>
        <source>Plots need the package pyqtgraph: start main.py again, which installs it.</source>
        <translation>グラフにはパッケージ pyqtgraph が必要です。main.py を起動し直すとインストールされます。</translation>
    </message>
</context>
<context>
    <name>PrecisionBox</name>
    <message>
        <source>32 bits (float32)</source>
        <translation>32 ビット (float32)</translation>
    </message>
    <message>
        <source>The reference: exact, slowest.</source>
        <translation>基準となる精度です。正確ですが最も遅くなります。</translation>
    </message>
    <message>
        <source>16 bits (half)</source>
        <translation>16 ビット (半精度)</translation>
    </message>
    <message>
        <source>Half the memory, about twice as fast. Misheard words of the starter voice: 11.6 → 10.6 %, no difference that can be told.</source>
        <translation>メモリは半分、速さは約 2 倍。スターターボイスの聞き違い 11.6 → 10.6 %、区別できる差はありません。</translation>
    </message>
    <message>
        <source>8 bits (int8)</source>
        <translation>8 ビット (int8)</translation>
    </message>
    <message>
        <source>The fastest on a processor, with a third of the memory. Misheard words of the starter voice: 11.6 → 10.3 %, no difference that can be told.</source>
        <translation>プロセッサーでは最速で、メモリは 3 分の 1。スターターボイスの聞き違い 11.6 → 10.3 %、区別できる差はありません。</translation>
    </message>
    <message>
        <source>8 bits, weights only</source>
        <translation>8 ビット (重みのみ)</translation>
    </message>
    <message>
        <source>Rounds less than int8, and is slower with many rows. Slightly different sound.</source>
        <translation>int8 より丸めが少なく、行が多いと遅くなります。音がわずかに変わります。</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
</context>
<context>
    <name>Preferences</name>
    <message>
        <source>Preferences</source>
        <translation>環境設定</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>システムに合わせる</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>ライト</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>ダーク</translation>
    </message>
    <message>
        <source>Counting…</source>
        <translation>計算中…</translation>
    </message>
    <message>
        <source>Clear…</source>
        <translation>消去…</translation>
    </message>
    <message>
        <source>Clear the history</source>
        <translation>履歴を消去</translation>
    </message>
    <message>
        <source>Reset all settings…</source>
        <translation>すべての設定を標準に戻す…</translation>
    </message>
    <message>
        <source>Ask before closing while work is being done</source>
        <translation>処理中に閉じるときは確認する</translation>
    </message>
    <message>
        <source>The language changes when the program is started again.</source>
        <translation>言語は次回の起動時に変更されます。</translation>
    </message>
    <message>
        <source>Models…</source>
        <translation>モデル…</translation>
    </message>
    <message>
        <source>Show the models</source>
        <translation>モデルを表示</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>フォルダーを開く</translation>
    </message>
    <message>
        <source>Open the folder of the history</source>
        <translation>履歴のフォルダーを開く</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>言語</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外観</translation>
    </message>
    <message>
        <source>Sound output</source>
        <translation>音声の出力先</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>モデル</translation>
    </message>
    <message>
        <source>History</source>
        <translation>履歴</translation>
    </message>
    <message>
        <source>Reset all settings?</source>
        <translation>すべての設定を標準に戻しますか?</translation>
    </message>
    <message>
        <source>As at the first start again: language, appearance, sound output and volume, the chosen models, voice and seed, all that is set for speaking, writing, measuring and exporting, Offline, and the sizes of windows, panels and columns.

What stays: texts, takes, scripts with how they are spoken, voice files, favourites, models, and what was measured.</source>
        <translation>初回起動時の状態に戻るもの: 言語、外観、音声の出力先と音量、選択したモデル・声・シード、読み上げ・文章生成・測定・書き出しの設定すべて、オフライン、ウィンドウ・パネル・列の大きさ。

残るもの: テキスト、テイク、台本とその読み上げ方、声のファイル、お気に入り、モデル、測定結果。</translation>
    </message>
    <message>
        <source>Takes: {count} · {size}</source>
        <translation>テイク {count} 個 · {size}</translation>
    </message>
    <message>
        <source>Clear the history?</source>
        <translation>履歴の消去</translation>
    </message>
    <message>
        <source>Delete all takes but the favourites for good ({count})?</source>
        <translation>お気に入り以外のすべてのテイク({count} 個)を完全に削除しますか?</translation>
    </message>
</context>
<context>
    <name>Probabilities</name>
    <message>
        <source>Show probabilities</source>
        <translation>確率を表示</translation>
    </message>
    <message>
        <source>Read the last text again and show how likely each token was to the model, before temperature and penalty</source>
        <translation>最後の文章をもう一度読み、各トークンの確率 (温度とペナルティの適用前) を表示します</translation>
    </message>
    <message>
        <source>Tokens and their probabilities</source>
        <translation>トークンとその確率</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>トークン</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>確率</translation>
    </message>
    <message>
        <source>Likeliest</source>
        <translation>上位の候補</translation>
    </message>
    <message>
        <source>Those of the first text are told.</source>
        <translation>最初の文章の確率を表示します。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
</context>
<context>
    <name>ProgramDialog</name>
    <message>
        <source>About Bark Studio</source>
        <translation>Bark Studio について</translation>
    </message>
    <message>
        <source>Version {version}. Speaks text with the Bark model, on this machine.</source>
        <translation>バージョン {version}。Bark モデルを使い、このコンピューター上でテキストを読み上げます。</translation>
    </message>
    <message>
        <source>Bark is a model by Suno under the MIT licence. Qt and PySide6 are used under the LGPL, version 3. What else the program rests on:</source>
        <translation>Bark は Suno による MIT ライセンスのモデルです。Qt と PySide6 は LGPL バージョン 3 に基づいて使用しています。そのほかに使用しているパッケージ:</translation>
    </message>
    <message>
        <source>Package</source>
        <translation>パッケージ</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>バージョン</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>ライセンス</translation>
    </message>
    <message>
        <source>Packages and their licences</source>
        <translation>パッケージとライセンス</translation>
    </message>
</context>
<context>
    <name>ReadingPanel</name>
    <message>
        <source>Names before a colon are speakers</source>
        <translation>コロンの前の名前を話者とみなす</translation>
    </message>
    <message>
        <source>Speak footnotes after their chapter</source>
        <translation>脚注を章の終わりに読み上げる</translation>
    </message>
    <message>
        <source>found by itself</source>
        <translation>自動判別</translation>
    </message>
    <message>
        <source>Choose another one where letters look wrong</source>
        <translation>文字がおかしいときは別のものを選んでください</translation>
    </message>
    <message>
        <source>Columns…</source>
        <translation>列…</translation>
    </message>
    <message>
        <source>Say which column of the table is what</source>
        <translation>表のどの列が何であるかを指定します</translation>
    </message>
    <message>
        <source>Encoding</source>
        <translation>文字コード</translation>
    </message>
    <message>
        <source>All of the text is in the rows.</source>
        <translation>テキストのすべてが行になっています。</translation>
    </message>
    <message>
        <source>Left out: {}.</source>
        <translation>省いたもの：{}。</translation>
    </message>
</context>
<context>
    <name>ResultPanel</name>
    <message>
        <source>The sound appears here.</source>
        <translation>ここに音声が表示されます。</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>再生</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Repeat</source>
        <translation>リピート</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>ミュート</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>音量</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Speed, at the same pitch</source>
        <translation>速度(音の高さは変わりません)</translation>
    </message>
    <message>
        <source>Listen: what is heard of each take</source>
        <translation>聞き取り：各テイクがどう聞こえるか</translation>
    </message>
    <message>
        <source>Sound output</source>
        <translation>音声の出力先</translation>
    </message>
    <message>
        <source>Save as voice …</source>
        <translation>ボイスとして保存…</translation>
    </message>
    <message>
        <source>Export …</source>
        <translation>書き出す…</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>一時停止</translation>
    </message>
    <message>
        <source>Position {0} of {1}</source>
        <translation>位置 {0} / {1}</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>システムに合わせる</translation>
    </message>
    <message>
        <source>Sound output: {0}</source>
        <translation>音声の出力先: {0}</translation>
    </message>
</context>
<context>
    <name>ResultsModel</name>
    <message>
        <source>Case</source>
        <translation>ケース</translation>
    </message>
    <message>
        <source>Latency s</source>
        <translation>時間 (秒)</translation>
    </message>
    <message>
        <source>Seconds of a call, whatever the rows it speaks</source>
        <translation>1 回の呼び出しの秒数。読み上げる行の数によりません</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>メモリ</translation>
    </message>
    <message>
        <source>The highest, loading included</source>
        <translation>最大値。読み込みを含みます</translation>
    </message>
    <message>
        <source>Rows a second</source>
        <translation>行/秒</translation>
    </message>
    <message>
        <source>Work</source>
        <translation>計算</translation>
    </message>
    <message>
        <source>Seconds of work for one second of sound</source>
        <translation>音声 1 秒あたりの計算の秒数</translation>
    </message>
    <message>
        <source>Against the reference</source>
        <translation>基準との比較</translation>
    </message>
    <message>
        <source>Of a row, with the bounds that hold 95 of 100 such runs</source>
        <translation>1 行あたり。このような測定 100 回のうち 95 回が収まる範囲つき</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>トークン</translation>
    </message>
    <message>
        <source>Whether they are those of the reference</source>
        <translation>基準と同じトークンかどうか</translation>
    </message>
    <message>
        <source>Since then</source>
        <translation>それ以来</translation>
    </message>
    <message>
        <source>Of a call, against the run that is compared with</source>
        <translation>1 回の呼び出し。比べる測定に対して</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>測定</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>できません</translation>
    </message>
</context>
<context>
    <name>ResultsTable</name>
    <message>
        <source>Results</source>
        <translation>結果</translation>
    </message>
</context>
<context>
    <name>RowPanel</name>
    <message>
        <source>As the speaker</source>
        <translation>話者に従う</translation>
    </message>
    <message>
        <source>how to say it; never spoken</source>
        <translation>話し方のメモ(読み上げません)</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>by the punctuation</source>
        <translation>句読点に従う</translation>
    </message>
    <message>
        <source>Voice</source>
        <translation>ボイス</translation>
    </message>
    <message>
        <source>Pause before</source>
        <translation>前の間</translation>
    </message>
    <message>
        <source>Direction</source>
        <translation>演出</translation>
    </message>
    <message>
        <source>New take</source>
        <translation>新しいテイク</translation>
    </message>
    <message>
        <source>Make another take of the row (Ctrl+R)</source>
        <translation>この行のテイクをもう 1 つ作成 (Ctrl+R)</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>ロック</translation>
    </message>
    <message>
        <source>Keep this take, whatever changes (Ctrl+L)</source>
        <translation>何が変わってもこのテイクを使う (Ctrl+L)</translation>
    </message>
    <message>
        <source>Select a row to see its takes.</source>
        <translation>行を選ぶとテイクが表示されます。</translation>
    </message>
    <message>
        <source>Row {}</source>
        <translation>行 {}</translation>
    </message>
    <message>
        <source>Spoken as: {}</source>
        <translation>読み: {}</translation>
    </message>
    <message>
        <source>Heard: {}</source>
        <translation>聞こえた言葉：{}</translation>
    </message>
    <message>
        <source>Hear take {}</source>
        <translation>テイク {} を聞く</translation>
    </message>
    <message>
        <source>Hear the earlier take</source>
        <translation>以前のテイクを聞く</translation>
    </message>
    <message>
        <source>Take {0}  {1}</source>
        <translation>テイク {0}  {1}</translation>
    </message>
    <message>
        <source>Earlier take  {}</source>
        <translation>以前のテイク  {}</translation>
    </message>
    <message>
        <source>Spoken by {}</source>
        <translation>{} で話されています</translation>
    </message>
    <message>
        <source>used</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>use</source>
        <translation>使う</translation>
    </message>
    <message>
        <source>Use take {}</source>
        <translation>テイク {} を使う</translation>
    </message>
    <message>
        <source>Made by another model or in another way; it stays locked</source>
        <translation>別のモデルまたは別の方法で作られました。ロックされたまま残ります</translation>
    </message>
    <message>
        <source>Use the earlier take</source>
        <translation>以前のテイクを使う</translation>
    </message>
</context>
<context>
    <name>RunsBar</name>
    <message>
        <source>Run</source>
        <translation>測定</translation>
    </message>
    <message>
        <source>Compared with</source>
        <translation>比べる相手</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>書き出し</translation>
    </message>
    <message>
        <source>Export results or the plot</source>
        <translation>結果またはグラフを書き出します</translation>
    </message>
    <message>
        <source>Source text…</source>
        <translation>元の記事…</translation>
    </message>
    <message>
        <source>What the texts this grew out of measured, beside us</source>
        <translation>このプログラムの元になった記事の測定を、ここの結果と並べます</translation>
    </message>
    <message>
        <source>Being measured now</source>
        <translation>測定中のもの</translation>
    </message>
    <message>
        <source>Compared with nothing</source>
        <translation>比べる相手なし</translation>
    </message>
    <message>
        <source>Compared with {0}</source>
        <translation>比べる相手: {0}</translation>
    </message>
    <message>
        <source>All runs: {0}</source>
        <translation>すべての測定: {0}</translation>
    </message>
    <message>
        <source>Nothing measured yet</source>
        <translation>まだ測定していません</translation>
    </message>
</context>
<context>
    <name>SamplingBox</name>
    <message>
        <source>Meaning: what is said, and how</source>
        <translation>意味: 何をどのように話すか</translation>
    </message>
    <message>
        <source>Sound: voice and melody</source>
        <translation>音: 声と抑揚</translation>
    </message>
    <message>
        <source>Detail of the sound</source>
        <translation>音の細部</translation>
    </message>
    <message>
        <source>auto</source>
        <translation>自動</translation>
    </message>
    <message>
        <source>all</source>
        <translation>すべて</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>0 is always the likeliest token</source>
        <translation>0 では常に最も確率の高いトークンを選びます</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Choose among the k likeliest tokens</source>
        <translation>確率の高い k 個のトークンから選びます</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Choose among the likeliest tokens that sum to this probability</source>
        <translation>確率の合計がこの値になるまでの上位のトークンから選びます</translation>
    </message>
    <message>
        <source>End at</source>
        <translation>終了確率</translation>
    </message>
    <message>
        <source>Smallest probability of the end (min EOS p)</source>
        <translation>終了とみなす最小の確率 (min EOS p)</translation>
    </message>
    <message>
        <source>min EOS p: end the sentence as soon as its end is this probable; the original Bark uses 0.2</source>
        <translation>min EOS p: 終わりの確率がこの値に達したら文を終えます。元の Bark では 0.2 です</translation>
    </message>
    <message>
        <source>The model&apos;s own</source>
        <translation>モデルの既定値</translation>
    </message>
    <message>
        <source>Take every value from the model again</source>
        <translation>すべての値をモデルの既定値に戻します</translation>
    </message>
</context>
<context>
    <name>SchemaBox</name>
    <message>
        <source>Choose a schema…</source>
        <translation>スキーマを選ぶ…</translation>
    </message>
    <message>
        <source>Texts and answers become JSON that follows the schema in a file, by the step in C; the schema {} is any JSON</source>
        <translation>文章と返答が、ファイルのスキーマに従う JSON になります。C のステップが計算します。スキーマが {} なら、どんな JSON でもかまいません</translation>
    </message>
    <message>
        <source>Without a schema</source>
        <translation>スキーマなし</translation>
    </message>
    <message>
        <source>Write without a schema again</source>
        <translation>スキーマを外します</translation>
    </message>
    <message>
        <source>This needs the package llguidance, which is not installed: pip install &apos;bark-studio[json]&apos;</source>
        <translation>これには llguidance パッケージが必要ですが、インストールされていません: pip install &apos;bark-studio[json]&apos;</translation>
    </message>
    <message>
        <source>No beams follow a schema: choose another search, or no schema.</source>
        <translation>ビームサーチはスキーマに従えません。ほかの探索を選ぶか、スキーマを外してください。</translation>
    </message>
    <message>
        <source>Choose a JSON schema</source>
        <translation>JSON スキーマを選ぶ</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>すべてのファイル</translation>
    </message>
</context>
<context>
    <name>ScriptBar</name>
    <message>
        <source>Open…</source>
        <translation>開く…</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>書き出す…</translation>
    </message>
    <message>
        <source>Join the takes and write the recordings (Ctrl+E)</source>
        <translation>テイクをつないで録音を書き出す (Ctrl+E)</translation>
    </message>
    <message>
        <source>More</source>
        <translation>その他</translation>
    </message>
    <message>
        <source>Render</source>
        <translation>音声を作成</translation>
    </message>
    <message>
        <source>Make every take that is missing (Ctrl+Enter)</source>
        <translation>足りないテイクをすべて作成 (Ctrl+Enter)</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop the work and the sound (Esc)</source>
        <translation>処理と再生を停止 (Esc)</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>再生</translation>
    </message>
    <message>
        <source>Play from the selected row on (Ctrl+Space)</source>
        <translation>選択した行から再生 (Ctrl+Space)</translation>
    </message>
    <message>
        <source>Rows that are done</source>
        <translation>完了した行</translation>
    </message>
    <message>
        <source>Which rows are shown</source>
        <translation>表示する行</translation>
    </message>
    <message>
        <source>All rows</source>
        <translation>すべての行</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>不合格</translation>
    </message>
    <message>
        <source>To be made</source>
        <translation>未作成</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>良好</translation>
    </message>
    <message>
        <source>Locked</source>
        <translation>ロック済み</translation>
    </message>
    <message>
        <source>Heard otherwise</source>
        <translation>違って聞こえた行</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>検索</translation>
    </message>
    <message>
        <source>Find rows by their words</source>
        <translation>言葉で行を検索</translation>
    </message>
    <message>
        <source>1 row</source>
        <translation>1 行</translation>
    </message>
    <message>
        <source>{} rows</source>
        <translation>{} 行</translation>
    </message>
    <message>
        <source>{} to be made</source>
        <translation>未作成 {}</translation>
    </message>
    <message>
        <source>{} failed</source>
        <translation>不合格 {}</translation>
    </message>
    <message>
        <source>{} cannot be read</source>
        <translation>読めない行 {}</translation>
    </message>
    <message>
        <source>Failed ({})</source>
        <translation>不合格 ({})</translation>
    </message>
    <message>
        <source>To be made ({})</source>
        <translation>未作成 ({})</translation>
    </message>
    <message>
        <source>Heard otherwise ({})</source>
        <translation>違って聞こえた行 ({})</translation>
    </message>
    <message>
        <source>Take over</source>
        <translation>引き継ぐ</translation>
    </message>
    <message>
        <source>Open the project here for writing; whoever has it can only read it then</source>
        <translation>プロジェクトをここで編集できるように開きます。今使っている側は読み取りしかできなくなります</translation>
    </message>
    <message>
        <source>Read only: {}.</source>
        <translation>読み取り専用: {}。</translation>
    </message>
    <message>
        <source>Beginning …</source>
        <translation>開始しています…</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
    <message>
        <source>{} left</source>
        <translation>残り {}</translation>
    </message>
</context>
<context>
    <name>ScriptDialogs</name>
    <message>
        <source>Open a script</source>
        <translation>台本を開く</translation>
    </message>
    <message>
        <source>Texts, tables, subtitles, books</source>
        <translation>テキスト、表、字幕、電子書籍</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>すべてのファイル</translation>
    </message>
    <message>
        <source>Open a project</source>
        <translation>プロジェクトを開く</translation>
    </message>
    <message>
        <source>Copy the project to a new folder</source>
        <translation>プロジェクトを新しいフォルダーにコピー</translation>
    </message>
    <message>
        <source>There is nothing to export yet: render the rows first.</source>
        <translation>書き出すものがありません。先に音声を作成してください。</translation>
    </message>
    <message>
        <source>{0} is written, {1}.</source>
        <translation>{0} を書き出しました({1})。</translation>
    </message>
    <message>
        <source>{0} recordings are written to {1}, together {2}.</source>
        <translation>{0} 個の録音を {1} に書き出しました(合計 {2})。</translation>
    </message>
    <message>
        <source>{} sentences on what was written</source>
        <translation>書かれたものについて{}件のお知らせ</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>書き出し</translation>
    </message>
    <message>
        <source>The text has changed</source>
        <translation>テキストの変更</translation>
    </message>
    <message>
        <source>The file has changed since the table was made from it. Read it again? Edits in the table are lost; takes of rows that stay the same are kept.</source>
        <translation>表の作成後にファイルが変更されました。読み直しますか? 表での編集は失われますが、変更のない行のテイクは維持されます。</translation>
    </message>
</context>
<context>
    <name>ScriptEdits</name>
    <message>
        <source>A single word cannot be split.</source>
        <translation>1 語だけの行は分割できません。</translation>
    </message>
    <message>
        <source>Select rows that stand next to each other to merge them.</source>
        <translation>結合するには、隣り合う行を選択してください。</translation>
    </message>
    <message>
        <source>New row</source>
        <translation>新しい行</translation>
    </message>
</context>
<context>
    <name>ScriptExport</name>
    <message>
        <source>Export the script</source>
        <translation>台本の書き出し</translation>
    </message>
    <message>
        <source>{0} and {1} more</source>
        <translation>{0} ほか {1} 件</translation>
    </message>
    <message>
        <source>{0} is there already. Replace it?</source>
        <translation>{0} はすでに存在します。置き換えますか?</translation>
    </message>
    <message>
        <source>{0} of these files are there already. Replace them?</source>
        <translation>{0} 個のファイルがすでに存在します。置き換えますか?</translation>
    </message>
    <message>
        <source>One recording</source>
        <translation>1 つの録音</translation>
    </message>
    <message>
        <source>A recording for each chapter</source>
        <translation>章ごとの録音</translation>
    </message>
    <message>
        <source>A recording for each row</source>
        <translation>行ごとの録音</translation>
    </message>
    <message>
        <source>−16 LUFS, podcast</source>
        <translation>−16 LUFS(ポッドキャスト)</translation>
    </message>
    <message>
        <source>−18 LUFS</source>
        <translation>−18 LUFS</translation>
    </message>
    <message>
        <source>−23 LUFS, broadcast</source>
        <translation>−23 LUFS(放送)</translation>
    </message>
    <message>
        <source>Audiobook, with its checks</source>
        <translation>オーディオブック(検査付き)</translation>
    </message>
    <message>
        <source>As it was spoken</source>
        <translation>元の音量のまま</translation>
    </message>
    <message>
        <source>Mono</source>
        <translation>モノラル</translation>
    </message>
    <message>
        <source>Stereo</source>
        <translation>ステレオ</translation>
    </message>
    <message>
        <source>None</source>
        <translation>なし</translation>
    </message>
    <message>
        <source>Both</source>
        <translation>両方</translation>
    </message>
    <message>
        <source>A list of all rows, their takes and times (JSON)</source>
        <translation>すべての行とテイク、時刻の一覧 (JSON)</translation>
    </message>
    <message>
        <source>May hold {0}</source>
        <translation>使用できる項目: {0}</translation>
    </message>
    <message>
        <source>Choose …</source>
        <translation>選択…</translation>
    </message>
    <message>
        <source>&amp;Files</source>
        <translation>ファイル(&amp;F)</translation>
    </message>
    <message>
        <source>F&amp;ormat</source>
        <translation>形式(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Loudness</source>
        <translation>音量(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Sample rate</source>
        <translation>サンプルレート(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Channels</source>
        <translation>チャンネル(&amp;C)</translation>
    </message>
    <message>
        <source>S&amp;ubtitles</source>
        <translation>字幕(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名前(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Author</source>
        <translation>著者(&amp;A)</translation>
    </message>
    <message>
        <source>Fol&amp;der</source>
        <translation>フォルダー(&amp;D)</translation>
    </message>
    <message>
        <source>Writing the recordings</source>
        <translation>録音を書き出しています</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>書き出し</translation>
    </message>
    <message>
        <source>Rows without a take are left out: {}.</source>
        <translation>テイクのない行は含まれません: {}</translation>
    </message>
    <message>
        <source>The model&apos;s own rate</source>
        <translation>モデルのまま</translation>
    </message>
    <message>
        <source>{0} Hz</source>
        <translation>{0} Hz</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>フォルダー</translation>
    </message>
</context>
<context>
    <name>ScriptModel</name>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Speaker</source>
        <translation>話者</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>テキスト</translation>
    </message>
    <message>
        <source>Voice</source>
        <translation>ボイス</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>テイク</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>長さ</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>判定</translation>
    </message>
    <message>
        <source>locked</source>
        <translation>ロック済み</translation>
    </message>
    <message>
        <source>cannot be read</source>
        <translation>読めない文字がある</translation>
    </message>
    <message>
        <source>waits</source>
        <translation>待機中</translation>
    </message>
    <message>
        <source>{0}, by {1}</source>
        <translation>{0}（{1}）</translation>
    </message>
    <message>
        <source>not locked</source>
        <translation>未ロック</translation>
    </message>
    <message>
        <source>The take that is there was made by another model or in another way</source>
        <translation>今あるテイクは、別のモデルまたは別の方法で作られたものです</translation>
    </message>
    <message>
        <source>Expected of the text; the take will show</source>
        <translation>テキストからの予測です。実際の長さはテイクで決まります</translation>
    </message>
    <message>
        <source>What is left of the take, which is trimmed</source>
        <translation>切り落とした後に残るテイクの長さです</translation>
    </message>
    <message>
        <source>A locked row keeps its take, whatever changes</source>
        <translation>ロックした行のテイクは、何が変わっても維持されます</translation>
    </message>
    <message>
        <source>at work</source>
        <translation>作成中</translation>
    </message>
    <message>
        <source>once more: {}</source>
        <translation>作り直し: {}</translation>
    </message>
    <message>
        <source>made with other settings</source>
        <translation>別の設定で作成</translation>
    </message>
    <message>
        <source>to be made</source>
        <translation>未作成</translation>
    </message>
    <message>
        <source>good</source>
        <translation>良好</translation>
    </message>
    <message>
        <source>chosen</source>
        <translation>選択済み</translation>
    </message>
</context>
<context>
    <name>ScriptTable</name>
    <message>
        <source>Rows of the script</source>
        <translation>台本の行</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>再生</translation>
    </message>
    <message>
        <source>Play from here</source>
        <translation>ここから再生</translation>
    </message>
    <message>
        <source>Render these rows</source>
        <translation>これらの行の音声を作成</translation>
    </message>
    <message>
        <source>Make a new take</source>
        <translation>新しいテイクを作成</translation>
    </message>
    <message>
        <source>Lock or unlock</source>
        <translation>ロック/ロック解除</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>分割</translation>
    </message>
    <message>
        <source>Merge</source>
        <translation>結合</translation>
    </message>
    <message>
        <source>New row below</source>
        <translation>下に新しい行</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>削除</translation>
    </message>
</context>
<context>
    <name>ScriptView</name>
    <message>
        <source>There is no take to hear yet: render the rows first.</source>
        <translation>再生できるテイクがありません。先に音声を作成してください。</translation>
    </message>
    <message>
        <source>Takes were not heard: {}.</source>
        <translation>テイクを聞き取れませんでした：{}。</translation>
    </message>
    <message>
        <source>Takes that were heard now: {}.</source>
        <translation>聞き取ったテイク：{}。</translation>
    </message>
    <message>
        <source>Nothing had to be made: every row has its take.</source>
        <translation>作成するものはありません。すべての行にテイクがあります。</translation>
    </message>
    <message>
        <source>How the text was read</source>
        <translation>テキストの読み込み</translation>
    </message>
    <message>
        <source>Split long rows by the pace of their voices</source>
        <translation>長い行をボイスの速さに合わせて分割</translation>
    </message>
    <message>
        <source>Undo (Ctrl+Z)</source>
        <translation>元に戻す (Ctrl+Z)</translation>
    </message>
    <message>
        <source>Redo (Ctrl+Shift+Z)</source>
        <translation>やり直す (Ctrl+Shift+Z)</translation>
    </message>
    <message>
        <source>What was heard otherwise first</source>
        <translation>違って聞こえた行を先に</translation>
    </message>
    <message>
        <source>Rows without a good take: {}. The filter Failed shows them.</source>
        <translation>良好なテイクがない行: {}。「不合格」で絞り込めます。</translation>
    </message>
    <message>
        <source>Every row that was asked for has a good take.</source>
        <translation>指定したすべての行に良好なテイクができました。</translation>
    </message>
    <message>
        <source>Open a project…</source>
        <translation>プロジェクトを開く…</translation>
    </message>
    <message>
        <source>Copy the project…</source>
        <translation>プロジェクトをコピー…</translation>
    </message>
    <message>
        <source>Show its folder</source>
        <translation>フォルダーを表示</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Voices</source>
        <translation>ボイス</translation>
    </message>
    <message>
        <source>How it is spoken</source>
        <translation>話し方</translation>
    </message>
</context>
<context>
    <name>ScriptWork</name>
    <message>
        <source>Stop the rendering first, then open something else.</source>
        <translation>先に音声の作成を停止してから、別のものを開いてください。</translation>
    </message>
    <message>
        <source>The project is copied to {}.</source>
        <translation>プロジェクトを {} にコピーしました。</translation>
    </message>
    <message>
        <source>No row is too long for its voice.</source>
        <translation>ボイスに対して長すぎる行はありません。</translation>
    </message>
    <message>
        <source>No model is here that could speak: get one on the page Models.</source>
        <translation>音声モデルがありません。「モデル」ページで入手してください。</translation>
    </message>
    <message>
        <source>Nothing had to be made: every row has its take.</source>
        <translation>作成する行はありません。すべての行にテイクがあります。</translation>
    </message>
</context>
<context>
    <name>SearchBox</name>
    <message>
        <source>Search</source>
        <translation>探索</translation>
    </message>
    <message>
        <source>Greedy</source>
        <translation>貪欲法 (Greedy)</translation>
    </message>
    <message>
        <source>Always the likeliest token: one prompt, one text</source>
        <translation>常に最も確率の高いトークンを選びます。同じプロンプトからは同じ文章になります</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>サンプリング</translation>
    </message>
    <message>
        <source>Draws each token: another seed, another text</source>
        <translation>トークンを確率的に選びます。シードが変わると文章も変わります</translation>
    </message>
    <message>
        <source>Beam search</source>
        <translation>ビームサーチ</translation>
    </message>
    <message>
        <source>Follows several texts and keeps the likeliest</source>
        <translation>複数の候補を並行して探索し、最も確率の高いものを残します</translation>
    </message>
    <message>
        <source>all</source>
        <translation>すべて</translation>
    </message>
    <message>
        <source>Above 1, what was said already becomes less likely</source>
        <translation>1 より大きいと、すでに出た語が選ばれにくくなります</translation>
    </message>
    <message>
        <source>Repetition penalty</source>
        <translation>繰り返しの抑制</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Higher is livelier; 0 is always the likeliest token</source>
        <translation>高いほど多様になります。0 では常に最も確率の高いトークンを選びます</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Choose among the k likeliest tokens</source>
        <translation>確率の高い k 個のトークンから選びます</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Choose among the likeliest tokens that sum to this probability</source>
        <translation>確率の合計がこの値になるまでの上位のトークンから選びます</translation>
    </message>
    <message>
        <source>Texts</source>
        <translation>文章の数</translation>
    </message>
    <message>
        <source>How many texts to write</source>
        <translation>生成する文章の数</translation>
    </message>
    <message>
        <source>Beams</source>
        <translation>ビーム数</translation>
    </message>
    <message>
        <source>How many texts are followed at once</source>
        <translation>同時に探索する候補の数</translation>
    </message>
    <message>
        <source>Length penalty</source>
        <translation>長さの補正</translation>
    </message>
    <message>
        <source>Above 0, long texts are preferred</source>
        <translation>0 より大きいと、長い文章が優先されます</translation>
    </message>
    <message>
        <source>How many of the best are shown</source>
        <translation>上位いくつを表示するか</translation>
    </message>
</context>
<context>
    <name>SeedBox</name>
    <message>
        <source>Seed</source>
        <translation>シード</translation>
    </message>
    <message>
        <source>The same seed, text, voice and settings give the same take</source>
        <translation>シード、テキスト、ボイス、設定が同じなら、同じテイクになります</translation>
    </message>
    <message>
        <source>Draw another seed</source>
        <translation>別のシードにする</translation>
    </message>
    <message>
        <source>Keep this seed for every take</source>
        <translation>すべてのテイクでこのシードを使う</translation>
    </message>
</context>
<context>
    <name>Sentences</name>
    <message>
        <source>{0}.</source>
        <translation>{0}。</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>fused never stores the whole attention matrix (same result up to rounding, faster); eager is the textbook formula, for comparison</source>
        <translation>fused はアテンション行列全体を保持しません(丸めを除いて同じ結果で、より高速)。eager は教科書どおりの計算で、比較用です</translation>
    </message>
    <message>
        <source>where to compute; auto takes CUDA, then MPS, then the processor. Of several NVIDIA cards the one with the most free memory is taken; cuda:1 is the second one</source>
        <translation>計算に使う装置。auto は CUDA、MPS、CPU の順に選びます。NVIDIA カードが複数あれば空きメモリが最も多いものを使います。cuda:1 は 2 枚目です</translation>
    </message>
    <message>
        <source>numbers used for the matrix products. float32 is the reference. bfloat16 and float16 (CUDA, MPS) need half the memory and round more: other tokens. int8 (CPU) is the fastest: 8-bit weights and, per row, 8-bit activations; int8-weights (CPU, CUDA) keeps the activations in bfloat16. Of 194 sentences of the starter voice a recogniser heard 11.6 % of the words otherwise in float32, 10.6 in bfloat16 (the difference lies between -2.3 and 0.3) and 10.3 in int8 (-3.0 to 0.2). auto takes float16 on CUDA and MPS, and on a processor the fastest that it has instructions for</source>
        <translation>行列積に使う数値の精度。float32 が基準です。bfloat16 と float16 (CUDA、MPS) はメモリが半分で済みますが、丸め誤差が大きく、トークンが変わります。int8 (CPU) は最速で、重みと活性値(行ごと)を 8 ビットで扱います。int8-weights (CPU、CUDA) は活性値を bfloat16 のままにします。スターターボイスの 194 文では、音声認識に違って聞こえた単語は float32 で 11.6 %、bfloat16 で 10.6 %（差は −2.3 から 0.3）、int8 で 10.3 %（差は −3.0 から 0.2）でした。auto は CUDA と MPS では float16、CPU では利用できる命令のうち最速のものを選びます</translation>
    </message>
    <message>
        <source>auto decodes with the program&apos;s own compiled step on processors with AVX2, or ARM&apos;s with dot product: same result up to rounding, two to three times faster. On CUDA it captures whole steps as graphs, eight between two looks. torch does without</source>
        <translation>auto は、AVX2 または ARM のドット積命令を備えたプロセッサーでは専用のコンパイル済みステップで復号します。丸めを除いて同じ結果で、2~3 倍高速です。CUDA ではステップ全体をグラフとして記録し、8 ステップごとに確認します。torch では使いません</translation>
    </message>
    <message>
        <source>keep one stage at a time on the accelerator and the others in main memory, each for all rows before the next: same tokens, much less VRAM, sound later</source>
        <translation>アクセラレーターには 1 段階だけを置き、ほかはメインメモリに置きます。各段階が全行を終えてから次へ進みます。トークンは同じで、VRAM を大幅に節約しますが、音が出るのは遅くなります</translation>
    </message>
    <message>
        <source>rows decoded together; more is faster per row and needs more memory. In float32 the tokens of a row do not depend on it</source>
        <translation>まとめて復号する行数。多いほど 1 行あたりは高速になり、メモリを多く使います。float32 では行のトークンは変わりません</translation>
    </message>
    <message>
        <source>coarse windows of double length: half the re-reading of earlier sound, slightly different tokens</source>
        <translation>粗い音響段階のウィンドウを 2 倍の長さにします。前の音声の読み直しが半分になり、トークンがわずかに変わります</translation>
    </message>
    <message>
        <source>a clip that is shorter with its voice than the fine stage&apos;s window is not padded to it: less work for short sentences, slightly different tokens. Unless you say otherwise it is so in bfloat16 and int8, where a recogniser understood 200 sentences of the starter voice&apos;s first edition as well (14.8 and 14.9 % of words wrong with padding, 14.9 and 14.9 without; the differences lie between -0.9 and 0.9), and never in float32</source>
        <translation>声と合わせて細かい音響段階のウィンドウより短いとき、パディングで埋めません。短い文の計算が減り、トークンがわずかに変わります。指定がなければ bfloat16 と int8 ではこうなり、float32 ではなりません。スターターボイス第 1 版の 200 文では音声認識の結果が同じでした（誤った語はパディングありで 14.8 % と 14.9 %、なしで 14.9 % と 14.9 %、差は −0.9 から 0.9）</translation>
    </message>
    <message>
        <source>hear a sentence before it is finished: the fine stage runs on each piece without seeing the following one, so the sound differs slightly: 14.9 % of the words of the starter voice&apos;s first edition were misheard with and without (the difference lies between -0.9 and 0.9); five seconds of sound took 1.7 times the work (bark-small, int8)</source>
        <translation>文が完成する前に聞けます。細かい音響段階は続きを見ずに断片ごとに処理するため、音がわずかに変わります。スターターボイス第 1 版の聞き違いはあり・なしとも 14.9 %（差は −0.9 から 0.9）でした。5 秒の音声で処理量は 1.7 倍でした (bark-small、int8)</translation>
    </message>
</context>
<context>
    <name>SpeakView</name>
    <message>
        <source>Speak</source>
        <translation>読み上げる</translation>
    </message>
    <message>
        <source>Speak the text (Ctrl+Enter)</source>
        <translation>テキストを読み上げる (Ctrl+Enter)</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop the work and the sound (Esc)</source>
        <translation>処理と再生を停止 (Esc)</translation>
    </message>
    <message>
        <source>The seed is kept for every take. Click to let it go.</source>
        <translation>すべてのテイクでこのシードを使います。クリックすると解除します。</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比較</translation>
    </message>
    <message>
        <source>Show the last two takes side by side</source>
        <translation>直近の 2 つのテイクを並べて表示</translation>
    </message>
    <message>
        <source>There is no text to speak: type at least one word.</source>
        <translation>読み上げるテキストがありません。1 語以上入力してください。</translation>
    </message>
    <message>
        <source>No model is here that could speak: get one on the page Models.</source>
        <translation>音声モデルがありません。「モデル」ページで入手してください。</translation>
    </message>
    <message>
        <source>The model said nothing to this text: try another seed.</source>
        <translation>音声が生成されませんでした。別のシードを試してください。</translation>
    </message>
    <message>
        <source>The model did not end every sentence, so one is probably cut: try another seed or shorter sentences.</source>
        <translation>モデルが文を最後まで話し終えなかったため、途中で切れた可能性があります。別のシードか、より短い文を試してください。</translation>
    </message>
    <message>
        <source>Speaking … {} more to come</source>
        <translation>作成中… あと {} 件</translation>
    </message>
    <message>
        <source>Speaking …</source>
        <translation>作成中…</translation>
    </message>
</context>
<context>
    <name>SpeakerDelegate</name>
    <message>
        <source>Speaker of the row</source>
        <translation>行の話者</translation>
    </message>
</context>
<context>
    <name>StageStrip</name>
    <message>
        <source>Stages of the work</source>
        <translation>処理の段階</translation>
    </message>
    <message>
        <source>{0} s</source>
        <translation>{0} 秒</translation>
    </message>
    <message>
        <source>{0} tokens/s</source>
        <translation>{0} tok/秒</translation>
    </message>
    <message>
        <source>{0} s of work</source>
        <translation>処理 {0} 秒</translation>
    </message>
    <message>
        <source>{0} s of sound</source>
        <translation>音声 {0} 秒</translation>
    </message>
    <message>
        <source>real-time factor {0}</source>
        <translation>リアルタイム係数 {0}</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>停止しました。</translation>
    </message>
    <message>
        <source>{0}: at most {1} s left</source>
        <translation>{0}: 残り最大 {1} 秒</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>読み込み</translation>
    </message>
    <message>
        <source>Compile</source>
        <translation>コンパイル</translation>
    </message>
    <message>
        <source>Semantic</source>
        <translation>セマンティック</translation>
    </message>
    <message>
        <source>Coarse</source>
        <translation>粗い音響</translation>
    </message>
    <message>
        <source>Fine</source>
        <translation>細かい音響</translation>
    </message>
    <message>
        <source>Codec</source>
        <translation>コーデック</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>プロンプト処理</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>生成</translation>
    </message>
</context>
<context>
    <name>State</name>
    <message>
        <source>The window&apos;s settings cannot be read ({0}): they are as at the first start, and what you change is forgotten at the end.</source>
        <translation>ウィンドウの設定を読み込めません（{0}）。初回起動時の状態で始め、変更は終了時に失われます。</translation>
    </message>
    <message>
        <source>The window&apos;s settings were damaged: they are as at the first start. The damaged file is called {0} now.</source>
        <translation>ウィンドウの設定が壊れていたため、初回起動時の状態で始めます。壊れたファイルは {0} という名前で残しました。</translation>
    </message>
</context>
<context>
    <name>StoryDialog</name>
    <message>
        <source>The source texts beside us</source>
        <translation>元の記事との比較</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>測定中</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>測定</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>手順</translation>
    </message>
    <message>
        <source>The text, there</source>
        <translation>記事の測定</translation>
    </message>
    <message>
        <source>As printed, here</source>
        <translation>記事のコード、ここで</translation>
    </message>
    <message>
        <source>Ours, here</source>
        <translation>このプログラム、ここで</translation>
    </message>
    <message>
        <source>Ours against as printed</source>
        <translation>記事のコードとの比</translation>
    </message>
    <message>
        <source>{0}×</source>
        <translation>{0} 倍</translation>
    </message>
    <message>
        <source>a step, eager</source>
        <translation>1 ステップ、eager</translation>
    </message>
    <message>
        <source>a step, first call</source>
        <translation>1 ステップ、初回</translation>
    </message>
    <message>
        <source>a step, later calls</source>
        <translation>1 ステップ、2 回目以降</translation>
    </message>
    <message>
        <source>generate, eager</source>
        <translation>生成、eager</translation>
    </message>
    <message>
        <source>generate, 4 tokens</source>
        <translation>生成、4 トークン</translation>
    </message>
    <message>
        <source>generate, 5 tokens</source>
        <translation>生成、5 トークン</translation>
    </message>
    <message>
        <source>generate, 4 tokens padded to 8</source>
        <translation>生成、4 トークンを 8 に</translation>
    </message>
    <message>
        <source>generate, 5 tokens padded to 8</source>
        <translation>生成、5 トークンを 8 に</translation>
    </message>
    <message>
        <source>2 beams, first call</source>
        <translation>ビーム 2、初回</translation>
    </message>
    <message>
        <source>2 beams, later calls</source>
        <translation>ビーム 2、2 回目以降</translation>
    </message>
    <message>
        <source>sampling, first call</source>
        <translation>サンプリング、初回</translation>
    </message>
    <message>
        <source>sampling, later calls</source>
        <translation>サンプリング、2 回目以降</translation>
    </message>
    <message>
        <source>as it comes</source>
        <translation>そのまま</translation>
    </message>
    <message>
        <source>half precision</source>
        <translation>半精度</translation>
    </message>
    <message>
        <source>offload</source>
        <translation>オフロード</translation>
    </message>
    <message>
        <source>all three</source>
        <translation>3 つすべて</translation>
    </message>
    <message>
        <source>all three, its three prompts</source>
        <translation>3 つすべて、3 つの文で</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>できません</translation>
    </message>
    <message>
        <source>{0} ms</source>
        <translation>{0} ms</translation>
    </message>
    <message>
        <source>The texts measured on graphics cards, a TITAN RTX and a 3090.</source>
        <translation>記事はグラフィックスカード (TITAN RTX、3090) で測定しました。</translation>
    </message>
    <message>
        <source>Here: {0}, tokens a row: {1}, rounds: {2}; {3}.</source>
        <translation>ここ: {0}、1 行のトークン: {1}、ラウンド: {2}、{3}。</translation>
    </message>
    <message>
        <source>Waiting for the measurement to begin…</source>
        <translation>測定の開始を待っています…</translation>
    </message>
    <message>
        <source>Measuring runs the texts&apos; own code, in an environment that is made for it once: some 70 MB to download and 120 MB on the disk. It takes some minutes, and needs TensorFlow.</source>
        <translation>測定では記事のコードそのものを、一度だけ作る専用の環境で動かします。ダウンロードは約 70 MB、ディスクに 120 MB 必要です。数分かかり、TensorFlow が必要です。</translation>
    </message>
</context>
<context>
    <name>Takes</name>
    <message>
        <source>Two takes side by side</source>
        <translation>2 つのテイクの比較</translation>
    </message>
    <message>
        <source>This sound was stopped in its first sentence: it is too short a voice.</source>
        <translation>この音声は最初の文の途中で停止されたため、ボイスにするには短すぎます。</translation>
    </message>
    <message>
        <source>Written: {0}, in {1}</source>
        <translation>{1} に {0} を書き出しました</translation>
    </message>
</context>
<context>
    <name>TextBox</name>
    <message>
        <source>This text has some {} characters and the box holds {}: save it as a file and open that in the Script view.</source>
        <translation>このテキストは約 {} 文字で、入力欄の上限は {} 文字です。ファイルに保存し、「台本」で開いてください。</translation>
    </message>
    <message>
        <source>Type a text, or drop a text file here …</source>
        <translation>テキストを入力するか、テキストファイルをここにドロップ…</translation>
    </message>
    <message>
        <source>Text to speak</source>
        <translation>読み上げるテキスト</translation>
    </message>
    <message>
        <source>Insert {}</source>
        <translation>{} を挿入</translation>
    </message>
    <message>
        <source>More</source>
        <translation>その他</translation>
    </message>
    <message>
        <source>More sounds</source>
        <translation>その他の音</translation>
    </message>
    <message>
        <source>Sing the selected words</source>
        <translation>選択した語を歌う</translation>
    </message>
    <message>
        <source>Hesitate</source>
        <translation>言いよどむ</translation>
    </message>
    <message>
        <source>Break off</source>
        <translation>言葉を切る</translation>
    </message>
    <message>
        <source>A man speaks</source>
        <translation>男性が話す</translation>
    </message>
    <message>
        <source>A woman speaks</source>
        <translation>女性が話す</translation>
    </message>
    <message>
        <source>Music</source>
        <translation>音楽</translation>
    </message>
    <message>
        <source>A sound, not a word</source>
        <translation>言葉ではない音</translation>
    </message>
    <message>
        <source>Spoken as: {}</source>
        <translation>読み: {}</translation>
    </message>
    <message>
        <source>1 character</source>
        <translation>1 文字</translation>
    </message>
    <message>
        <source>{} characters</source>
        <translation>{} 文字</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 トークン</translation>
    </message>
    <message>
        <source>{} tokens</source>
        <translation>{} トークン</translation>
    </message>
    <message>
        <source>{} parts</source>
        <translation>{} 部分</translation>
    </message>
    <message>
        <source>Latin letters</source>
        <translation>ラテン文字</translation>
    </message>
    <message>
        <source>{0}, voice {1}</source>
        <translation>{0}、ボイス {1}</translation>
    </message>
    <message>
        <source>Part {} is too long: {} tokens of {}</source>
        <translation>{} 番目の部分が長すぎます: {} / {} トークン</translation>
    </message>
    <message>
        <source>Part {} will probably be cut: ≈ {:.0f} s of {:.0f}</source>
        <translation>{} 番目の部分は途中で切れる見込みです: 約 {:.0f} / {:.0f} 秒</translation>
    </message>
    <message>
        <source>{0} cannot read what is marked ({1}) and would leave it out: write it in other letters, or get a model on the page Models that reads them.</source>
        <translation>{0} は下線の文字 ({1}) を読めず、読み飛ばします。別の文字で書くか、ページ「モデル」でこの文字を読めるモデルを入手してください。</translation>
    </message>
</context>
<context>
    <name>TextDelegate</name>
    <message>
        <source>Text of the row</source>
        <translation>行のテキスト</translation>
    </message>
</context>
<context>
    <name>TextLanguage</name>
    <message>
        <source>The text is in {0}: the voice {1} speaks it.</source>
        <translation>テキストの言語は{0}です: 声 {1} で読み上げます。</translation>
    </message>
    <message>
        <source>The text is in Latin letters: the voice {} speaks it.</source>
        <translation>テキストはラテン文字です: 声 {} で読み上げます。</translation>
    </message>
</context>
<context>
    <name>TextPrecision</name>
    <message>
        <source>A GGUF file in the blocks that it holds, a folder in float32.</source>
        <translation>GGUF ファイルはそのブロックのまま、フォルダーは float32 で計算します。</translation>
    </message>
    <message>
        <source>The reference: exact, compiled by XLA, slowest.</source>
        <translation>基準です。正確で、XLA がコンパイルし、最も遅くなります。</translation>
    </message>
    <message>
        <source>A folder&apos;s weights become 8 bits: faster on a processor, a quarter of the memory, slightly different tokens.</source>
        <translation>フォルダーの重みを 8 ビットにします。CPU で速くなり、メモリは 4 分の 1、トークンはわずかに変わります。</translation>
    </message>
    <message>
        <source>as the model is kept</source>
        <translation>モデルのまま</translation>
    </message>
    <message>
        <source>32 bits (float32)</source>
        <translation>32 ビット (float32)</translation>
    </message>
    <message>
        <source>8 bits (int8)</source>
        <translation>8 ビット (int8)</translation>
    </message>
    <message>
        <source>16 bits (half)</source>
        <translation>16 ビット (half)</translation>
    </message>
    <message>
        <source>In which the step in C keeps what it has read; 8 bits are half the memory and round more. XLA keeps float32.</source>
        <translation>C のステップが読み込んだ内容を保持する精度です。8 ビットはメモリが半分ですが、丸め誤差が大きくなります。XLA は float32 です。</translation>
    </message>
    <message>
        <source>Compare on my text</source>
        <translation>自分の文章で比較</translation>
    </message>
    <message>
        <source>Read the prompt and the text with each precision, and show how unlikely their tokens are to each (perplexity) and how often another token is the likeliest</source>
        <translation>プロンプトと文章をそれぞれの精度で読み、トークンがどれだけ意外か (パープレキシティ) と、最も確率の高いトークンが変わる頻度を表示します</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop comparing</source>
        <translation>比較を停止</translation>
    </message>
    <message>
        <source>There is no text to compare by: type a few sentences.</source>
        <translation>比較する文章がありません。数文を入力してください。</translation>
    </message>
    <message>
        <source>No text model is here yet: get one on the page Models.</source>
        <translation>テキストモデルがありません。「モデル」ページで入手してください。</translation>
    </message>
    <message>
        <source>Loading …</source>
        <translation>読み込み中…</translation>
    </message>
    <message>
        <source>Reading … {0} %</source>
        <translation>読んでいます… {0} %</translation>
    </message>
    <message>
        <source>{0} tokens were looked at.</source>
        <translation>{0} トークンを調べました。</translation>
    </message>
    <message>
        <source>{0} more of the text were not.</source>
        <translation>文章の残り {0} トークンは調べていません。</translation>
    </message>
    <message>
        <source>{0}, keys and values {1}</source>
        <translation>{0}、キーと値 {1}</translation>
    </message>
    <message>
        <source>perplexity {0}</source>
        <translation>パープレキシティ {0}</translation>
    </message>
    <message>
        <source>another token is the likeliest {0} % of the time</source>
        <translation>{0} % で最も確率の高いトークンが変わる</translation>
    </message>
    <message>
        <source>a step reads {0}</source>
        <translation>1 ステップの読み出し {0}</translation>
    </message>
    <message>
        <source>{0} ms a step with {1}</source>
        <translation>{1} で 1 ステップ {0} ミリ秒</translation>
    </message>
    <message>
        <source>Measured here: {0}</source>
        <translation>この機械での実測: {0}</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>重み</translation>
    </message>
    <message>
        <source>Keys and values</source>
        <translation>キーと値</translation>
    </message>
</context>
<context>
    <name>TimingBox</name>
    <message>
        <source>Every sound begins at its subtitle</source>
        <translation>音声を字幕の時刻に合わせる</translation>
    </message>
    <message>
        <source>Sounds are stretched to the length of their subtitles where these speeds allow it, with silence between</source>
        <translation>音声はこの速さの範囲で字幕の長さに伸び縮みし、間は無音になります</translation>
    </message>
    <message>
        <source>it ends with the last subtitle</source>
        <translation>最後の字幕で終わります</translation>
    </message>
    <message>
        <source>How long the recording is, in seconds or as 1:02:03.5</source>
        <translation>録音の長さ。秒数か1:02:03.5の形で</translation>
    </message>
    <message>
        <source>Slowest</source>
        <translation>最も遅く</translation>
    </message>
    <message>
        <source>Fastest</source>
        <translation>最も速く</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>長さ</translation>
    </message>
    <message>
        <source>The length is in seconds or as 1:02:03.5</source>
        <translation>長さは秒数か1:02:03.5の形で書いてください</translation>
    </message>
</context>
<context>
    <name>TrimButton</name>
    <message>
        <source>There is no take yet: render the row first</source>
        <translation>テイクがまだありません。先に音声を作成してください</translation>
    </message>
    <message>
        <source>Nobody hears the takes, so it is not known when their words sound: choose under “How it is spoken” who does, and render</source>
        <translation>テイクを聞き取るものがないため、単語の時刻が分かりません。「話し方」で聞き取りを選び、音声を作成してください</translation>
    </message>
    <message>
        <source>The take was not heard yet: render the row, and it will be</source>
        <translation>このテイクはまだ聞き取られていません。音声を作成すると聞き取られます</translation>
    </message>
    <message>
        <source>None of the words was heard in the take</source>
        <translation>テイクからはどの単語も聞き取れませんでした</translation>
    </message>
    <message>
        <source>Trimmed: {0} of {1} s are left.</source>
        <translation>切り落とし済み：{1} 秒のうち {0} 秒が残っています。</translation>
    </message>
    <message>
        <source>Another take of this row was trimmed; this one is whole.</source>
        <translation>切り落としたのはこの行の別のテイクです。このテイクは全体が使われます。</translation>
    </message>
    <message>
        <source>Trim</source>
        <translation>切り落とす</translation>
    </message>
    <message>
        <source>Let the take begin or end at one of its words; the take stays</source>
        <translation>テイクを単語の位置で始めるか終わらせます。テイクそのものは残ります</translation>
    </message>
    <message>
        <source>Begin at</source>
        <translation>ここから始める</translation>
    </message>
    <message>
        <source>End after</source>
        <translation>ここで終わる</translation>
    </message>
    <message>
        <source>The whole take again</source>
        <translation>テイク全体に戻す</translation>
    </message>
</context>
<context>
    <name>VoiceBox</name>
    <message>
        <source>Made-up voice</source>
        <translation>おまかせの声</translation>
    </message>
    <message>
        <source>{} (first edition)</source>
        <translation>{}(初版)</translation>
    </message>
    <message>
        <source>Load a file…</source>
        <translation>ファイルを読み込む…</translation>
    </message>
    <message>
        <source>Another made-up voice…</source>
        <translation>別のおまかせの声…</translation>
    </message>
    <message>
        <source>Load a voice</source>
        <translation>ボイスを読み込む</translation>
    </message>
    <message>
        <source>Voices</source>
        <translation>ボイス</translation>
    </message>
</context>
<context>
    <name>VoiceChooser</name>
    <message>
        <source>Kind of voice</source>
        <translation>ボイスの種類</translation>
    </message>
    <message>
        <source>Voice</source>
        <translation>ボイス</translation>
    </message>
    <message>
        <source>Hear a sample</source>
        <translation>サンプルを聞く</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>お気に入り</translation>
    </message>
    <message>
        <source>Load…</source>
        <translation>読み込む…</translation>
    </message>
    <message>
        <source>Load a voice file (.npz)</source>
        <translation>ボイスファイル (.npz) を読み込む</translation>
    </message>
    <message>
        <source>Save last clip…</source>
        <translation>直近の音声を保存…</translation>
    </message>
    <message>
        <source>Save the last clip as a voice to speak on with</source>
        <translation>直近の音声を、続けて使えるボイスとして保存</translation>
    </message>
    <message>
        <source>Choose a model first: a voice belongs to one.</source>
        <translation>先にモデルを選んでください。ボイスはモデルごとに異なります。</translation>
    </message>
    <message>
        <source>The voice {0} is of an earlier edition of this model: {1} is chosen in its place.</source>
        <translation>ボイス {0} はこのモデルの以前の版のものです。代わりに {1} を選びました。</translation>
    </message>
    <message>
        <source>Favourites</source>
        <translation>お気に入り</translation>
    </message>
    <message>
        <source>Made-up voice</source>
        <translation>おまかせの声</translation>
    </message>
    <message>
        <source>Other voices</source>
        <translation>その他のボイス</translation>
    </message>
    <message>
        <source>My voice files</source>
        <translation>自分のボイスファイル</translation>
    </message>
    <message>
        <source>Speaker {}</source>
        <translation>話者 {}</translation>
    </message>
    <message>
        <source>Speaker {} (first edition)</source>
        <translation>話者 {}(初版)</translation>
    </message>
    <message>
        <source>Load a voice</source>
        <translation>ボイスを読み込む</translation>
    </message>
    <message>
        <source>Voices</source>
        <translation>ボイス</translation>
    </message>
    <message>
        <source>Save the clip as a voice</source>
        <translation>音声をボイスとして保存</translation>
    </message>
    <message>
        <source>voice.npz</source>
        <translation>voice.npz</translation>
    </message>
    <message>
        <source>The voice is saved; it stands under My voice files.</source>
        <translation>ボイスを保存しました。「自分のボイスファイル」にあります。</translation>
    </message>
    <message>
        <source>Sample: {}</source>
        <translation>サンプル: {}</translation>
    </message>
</context>
<context>
    <name>VoiceDelegate</name>
    <message>
        <source>As the speaker</source>
        <translation>話者に従う</translation>
    </message>
    <message>
        <source>Voice of the row</source>
        <translation>行のボイス</translation>
    </message>
</context>
<context>
    <name>VoiceNames</name>
    <message>
        <source>{} (woman)</source>
        <translation>{}（女性）</translation>
    </message>
    <message>
        <source>{} (man)</source>
        <translation>{}（男性）</translation>
    </message>
</context>
<context>
    <name>VoiceSheet</name>
    <message>
        <source>Give everybody a voice</source>
        <translation>全員にボイスを割り当てる</translation>
    </message>
    <message>
        <source>A preset for every speaker who has none, different ones as far as there are</source>
        <translation>ボイスのない話者全員に、できるだけ別々のプリセットを割り当てます</translation>
    </message>
    <message>
        <source>Everybody else</source>
        <translation>その他の話者</translation>
    </message>
    <message>
        <source>Voice</source>
        <translation>ボイス</translation>
    </message>
    <message>
        <source>As everybody else</source>
        <translation>その他の話者と同じ</translation>
    </message>
    <message>
        <source>Made-up voice</source>
        <translation>おまかせの声</translation>
    </message>
    <message>
        <source>Voice of {}</source>
        <translation>{} のボイス</translation>
    </message>
    <message>
        <source>Another voice</source>
        <translation>別の声</translation>
    </message>
    <message>
        <source>Let the model make up another voice? All rows in it are to be spoken anew; the takes of now stay to be chosen from.</source>
        <translation>モデルに別の声を作らせますか？その声の行はすべて話し直しになります。今のテイクは選べるように残ります。</translation>
    </message>
</context>
<context>
    <name>Waveform</name>
    <message>
        <source>Waveform</source>
        <translation>波形</translation>
    </message>
    <message>
        <source>Arrow keys move the play head; [ and ] set the ends of a part to repeat.</source>
        <translation>矢印キーで再生位置を動かし、[ と ] でリピート範囲の両端を設定します。</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>Speak</source>
        <translation>読み上げ</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>文章</translation>
    </message>
    <message>
        <source>Script</source>
        <translation>台本</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>モデル</translation>
    </message>
    <message>
        <source>Benchmark</source>
        <translation>測定</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>ファイル(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>開く(&amp;O)…</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>最近使ったファイル(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Export the take…</source>
        <translation>テイクを書き出す(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Preferences…</source>
        <translation>環境設定(&amp;P)…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>終了(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>表示(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>ヘルプ(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Keyboard</source>
        <translation>キーボード操作(&amp;K)</translation>
    </message>
    <message>
        <source>About this &amp;machine</source>
        <translation>このコンピューターについて(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;About Bark Studio</source>
        <translation>Bark Studio について(&amp;A)</translation>
    </message>
    <message>
        <source>One script is open at a time: {0} is. Not opened: {1}.</source>
        <translation>一度に開ける台本は 1 つです。{0} を開きました。開かなかったもの：{1}。</translation>
    </message>
    <message>
        <source>Close Bark Studio?</source>
        <translation>Bark Studio の終了</translation>
    </message>
    <message>
        <source>Work is still being done. Stop it and close? Finished rows and takes stay, and the next start goes on from there.</source>
        <translation>処理がまだ続いています。停止して閉じますか? 完成した行とテイクは残り、次の起動ではそこから続けます。</translation>
    </message>
</context>
<context>
    <name>Work</name>
    <message>
        <source>Speak it while it is written</source>
        <translation>書きながら読み上げる</translation>
    </message>
    <message>
        <source>Sentence by sentence, as is chosen on the page Speak; both models are in memory then. Of several texts the first is spoken</source>
        <translation>「読み上げ」ページの設定で 1 文ずつ読み上げます。両方のモデルがメモリに置かれます。文章が複数あるときは最初のものを読み上げます</translation>
    </message>
</context>
<context>
    <name>WriteSetup</name>
    <message>
        <source>Writing needs TensorFlow</source>
        <translation>文章の生成には TensorFlow が必要です</translation>
    </message>
    <message>
        <source>The text generator is compiled by TensorFlow, which is not installed yet. It is fetched from the Python package index (about 600 MB, 2 GB on the disk) and put where Bark Studio&apos;s other packages are. Speaking does not need it.</source>
        <translation>文章の生成は TensorFlow でコンパイルされますが、まだインストールされていません。Python パッケージインデックスから取得し(約 600 MB、ディスク上では 2 GB)、Bark Studio のほかのパッケージと同じ場所に保存します。読み上げには不要です。</translation>
    </message>
    <message>
        <source>Install</source>
        <translation>インストール</translation>
    </message>
    <message>
        <source>Install TensorFlow</source>
        <translation>TensorFlow をインストール</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Cancel the installation</source>
        <translation>インストールをキャンセル</translation>
    </message>
    <message>
        <source>Installation</source>
        <translation>インストールの経過</translation>
    </message>
    <message>
        <source>Installing …</source>
        <translation>インストール中…</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
</context>
<context>
    <name>WriteView</name>
    <message>
        <source>JSON by a schema</source>
        <translation>スキーマに従う JSON</translation>
    </message>
    <message>
        <source>The JSON is not whole: ask for more tokens.</source>
        <translation>JSON が途中で終わりました。トークン数を増やしてください。</translation>
    </message>
    <message>
        <source>A beginning to be continued, or a question …</source>
        <translation>続きを書かせたい文章、または質問…</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>プロンプト</translation>
    </message>
    <message>
        <source>The text appears here while it is written.</source>
        <translation>生成中の文章がここに表示されます。</translation>
    </message>
    <message>
        <source>Written text</source>
        <translation>生成された文章</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>生成する</translation>
    </message>
    <message>
        <source>Continue the prompt (Ctrl+Enter)</source>
        <translation>プロンプトの続きを生成 (Ctrl+Enter)</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop writing (Esc)</source>
        <translation>生成を停止 (Esc)</translation>
    </message>
    <message>
        <source>Speak this</source>
        <translation>これを読み上げる</translation>
    </message>
    <message>
        <source>Speak the text, or what is marked in it, on the page Speak</source>
        <translation>文章全体、または選択した部分を「読み上げ」で読み上げます</translation>
    </message>
    <message>
        <source>Text model</source>
        <translation>テキストモデル</translation>
    </message>
    <message>
        <source>Answer as in a chat</source>
        <translation>チャットのように答える</translation>
    </message>
    <message>
        <source>Put the prompt into the model&apos;s chat template, where it has one</source>
        <translation>モデルにチャットテンプレートがあれば、プロンプトに適用します</translation>
    </message>
    <message>
        <source>Warm these buckets now</source>
        <translation>いまコンパイルしておく</translation>
    </message>
    <message>
        <source>Compile what this prompt and these choices need, and write nothing yet</source>
        <translation>このプロンプトと設定に必要な関数だけをコンパイルし、文章はまだ生成しません</translation>
    </message>
    <message>
        <source>There is nothing to continue: type at least one word.</source>
        <translation>プロンプトがありません。1 語以上入力してください。</translation>
    </message>
    <message>
        <source>The prompt is too long: at most {0} characters.</source>
        <translation>プロンプトが長すぎます。上限は {0} 文字です。</translation>
    </message>
    <message>
        <source>Something else is at work: wait for it, or stop it.</source>
        <translation>ほかの処理中です。終わるまで待つか、停止してください。</translation>
    </message>
    <message>
        <source>No text model is here yet: get one on the page Models.</source>
        <translation>テキストモデルがありません。「モデル」ページで入手してください。</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>停止しました。</translation>
    </message>
    <message>
        <source>Ready to write.</source>
        <translation>生成の準備ができました。</translation>
    </message>
    <message>
        <source>{0} tokens · {1} tokens/s · the first after {2} s</source>
        <translation>{0} トークン · {1} トークン/秒 · 最初のトークンまで {2} 秒</translation>
    </message>
    <message>
        <source>The model&apos;s context is full: the text was cut.</source>
        <translation>モデルのコンテキストがいっぱいになり、文章が途中で切れました。</translation>
    </message>
    <message>
        <source>No stop string ever came: the text was cut.</source>
        <translation>停止文字列が現れず、文章が途中で切れました。</translation>
    </message>
    <message>
        <source>Text or chat</source>
        <translation>文章か会話</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文章</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>会話</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Probabilities</source>
        <translation>確率</translation>
    </message>
    <message>
        <source>How it was computed</source>
        <translation>計算のしかた</translation>
    </message>
    <message>
        <source>Writing …</source>
        <translation>生成中…</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>探索</translation>
    </message>
    <message>
        <source>End of the text</source>
        <translation>文章の終わり</translation>
    </message>
</context>
<context>
    <name>_Row</name>
    <message>
        <source>same result</source>
        <translation>同じ結果</translation>
    </message>
    <message>
        <source>slightly different</source>
        <translation>結果がわずかに変化</translation>
    </message>
    <message>
        <source>{0} → {1} % misheard</source>
        <translation>聞き違い {0} → {1} %</translation>
    </message>
    <message>
        <source>Words of 200 sentences of the starter voice, in 8 bits, that a recogniser heard otherwise, without and with this. The difference lies between {0} and {1} percent.</source>
        <translation>スターターボイスの 200 文（8 ビット）で、音声認識に違って聞こえた単語の割合です（なし → あり）。差は {0} から {1} ポイントの間です。</translation>
    </message>
</context>
</TS>
